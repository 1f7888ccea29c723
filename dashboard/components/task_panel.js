// One rectification: what is to be mended, who does it, every step so far, and the steps possible now.

const WORDS_NEEDED = new Set(["return", "comment"]);
const EVIDENCE_STEPS = new Set(["submit", "comment"]);

const TaskPanelParts = {
  open(id) {
    this.id = id;
    this.one = null;
    this.trouble = "";
    this.files = [];
    keepInAddress(this.address());
    this.panel.show(this.say, this.say("task.title", { id }), null, skeleton(8));
    this.look();
  },

  async look() {
    const id = this.id;
    try {
      const one = await getJson(`${this.data.api}/rectifications/${id}`);
      if (this.id !== id) return;
      const isSame = JSON.stringify(one) === JSON.stringify(this.one);
      this.one = one;
      await this.nameDocuments();
      if (this.id !== id) return;
      // whoever writes keeps the words while others move on
      if (!isSame) this.showTask();
      if (one.possible.includes("assign") && !this.ownersOf?.[one.station_code]) await this.loadOwners(one);
    } catch (error) {
      if (this.id !== id) return;
      const words = error.status === 404 ? "trouble.not_found" : "trouble.details";
      this.panel.show(this.say, this.say("task.title", { id }), null,
        el("p", { class: "refused", role: "alert" }, this.say(words)));
    }
  },

  async loadOwners(one) {
    const code = encodeURIComponent(one.station_code);
    const found = await getJson(`${this.data.api}/stations/${code}/rectification-owners`);
    this.ownersOf = { ...this.ownersOf, [one.station_code]: found };
    if (this.id === one.id) this.showTask();
  },

  async nameDocuments() {
    this.documents ??= new Map();
    const ids = this.one.history.flatMap((entry) => entry.document_ids);
    await Promise.all([...new Set(ids)].filter((id) => !this.documents.has(id)).map(async (id) => {
      try {
        const path = `${this.data.api}/documents/${encodeURIComponent(id)}`;
        this.documents.set(id, (await getJson(path)).name);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.documents.set(id, null);
      }
    }));
  },

  showTask() {
    const { say, data, one } = this;
    if (!one) return;
    const { finding } = one;
    const note = el("p", { class: "muted" },
      `${say("task.title", { id: one.id })} · ${one.station_code} · ${one.row_id || "—"} · ${say(`kind.${one.kind}`)}`);
    const facts = ["required", "found", "reason", "remedy"].filter((name) => finding[name]).flatMap((name) => [
      el("dt", {}, say(`finding.${name}`)), el("dd", { class: name }, bilingual(data.lang, finding[name]))]);
    this.panel.show(say, bilingual(data.lang, finding.item) || say("finding.whole_list"), note,
      el("p", { class: "verdict" }, this.stateMark(one), this.dueMark(one),
        el("span", {}, one.owner ? say("task.owner_is", { who: one.owner }) : say("task.nobody"))),
      one.is_present ? null : el("p", { class: "done" }, `✓ ${say("task.gone")}`),
      el("section", { class: "box" }, el("h3", {}, say("task.finding")),
        el("dl", { class: "facts" }, ...facts),
        el("p", { class: "small muted" }, say("task.as_found", { at: clock(data.lang, one.opened_at),
          version: one.list_version })),
        innerLink(this.component, "gaps",
          { station: one.station_code, text: one.row_id, show: "all", ...data.keep }, say("task.in_gaps"))),
      this.assigning(),
      this.acting(),
      this.history());
  },

  assigning() {
    const { say, one } = this;
    if (!one.possible.includes("assign")) return null;
    const people = this.ownersOf?.[one.station_code] ?? [];
    const owner = el("select", { name: "owner", "data-focus": "owner" },
      el("option", { value: "" }, say("task.nobody")),
      ...people.map((person) => el("option", { value: person.username, selected: person.username === one.owner },
        `${person.name} (${person.username}) · ${say(`role.${person.role}`)}`)));
    const due = el("input", { type: "date", name: "due", value: one.due_on ?? "", "data-focus": "due" });
    return el("form", { class: "form box", "data-part": "assign", onsubmit: (event) => {
      event.preventDefault();
      this.change("PATCH", "", { owner: owner.value || null, due_on: due.value || null });
    } },
    el("h3", {}, say("task.assign")),
    el("div", { class: "rowed" },
      el("label", { class: "stacked" }, say("task.owner"), owner),
      el("label", { class: "stacked" }, say("task.due"), due),
      el("button", { type: "submit", class: "plain", "data-focus": "assign" }, say("task.save"))));
  },

  acting() {
    const { say, one } = this;
    const steps = one.possible.filter((step) => step !== "assign");
    const refused = this.trouble ? el("p", { class: "refused", role: "alert" }, this.trouble) : null;
    if (!steps.length) return refused;
    const words = el("textarea", { maxlength: 2000, "aria-label": say("task.words"),
      placeholder: say("task.words"), "data-focus": "words" });
    // a document belongs to who hands it in, and the school could not open its evaluator's
    const canAttach = this.data.may_attach && one.organisation_code === this.data.me.organisation
      && steps.some((step) => EVIDENCE_STEPS.has(step));
    const files = filePicker(say, ".pdf,.jpg,.jpeg,.png,.webp", { isMany: true });
    const button = (step) => el("button", {
      type: "button", class: step === "submit" || step === "accept" ? "main" : "plain",
      "data-step": step, "data-focus": `step-${step}`,
      onclick: (event) => this.step(step, words, canAttach ? files.field.files : [], event.target),
    }, say(`task_step.${step}`));
    return el("section", { class: "form box", "data-part": "act" },
      el("h3", {}, say("task.act")), words,
      canAttach ? el("div", { class: "field" }, el("span", {}, say("task.evidence")), files.label) : null,
      refused, el("div", { class: "bar" }, ...steps.map(button)));
  },

  async step(step, words, files, button) {
    const { say, data } = this;
    if (WORDS_NEEDED.has(step) && !words.value.trim()) {
      this.trouble = say("task.needs_words");
      words.focus();
      words.setAttribute("aria-invalid", "true");
      const told = words.parentElement.querySelector(".refused") ?? el("p", { class: "refused", role: "alert" });
      told.textContent = this.trouble;
      words.after(told);
      return;
    }
    button.disabled = true;
    try {
      const ids = [];
      for (const file of files) {
        const form = new FormData();
        form.append("file", file);
        ids.push((await send("POST", `${data.api}/documents`, form)).id);
      }
      await this.change("POST", "/steps", { step, text: words.value, document_ids: ids }, words);
    } catch (error) {
      this.refuse(error, words);
    }
    button.disabled = false;
  },

  async change(method, path, body, words = null) {
    const { data, id, say } = this;
    try {
      const one = await send(method, `${data.api}/rectifications/${id}${path}`, body);
      this.trouble = "";
      this.one = one;
      await this.nameDocuments();
      this.showTask();
      this.tell(say("task.saved"));
      this.refresh();
    } catch (error) {
      this.refuse(error, words);
    }
  },

  // what was written stays where it is, whatever the server says
  refuse(error, words) {
    this.trouble = problemText(this.say, this.data.lang, error);
    const kept = words?.value ?? "";
    this.showTask();
    const field = this.panel.dialog.querySelector("textarea");
    if (field) field.value = kept;
  },

  history() {
    const { say, data, one } = this;
    const entry = (step) => el("li", {},
      el("div", { class: "small muted" }, `${clock(data.lang, step.at)} · ${step.who}`),
      el("div", {}, el("strong", {}, say(`task_step.${step.step}`)), " → ", say(`task_state.${step.state}`)),
      step.text ? el("p", { class: "words" }, step.text) : null,
      ...step.document_ids.map((id) => {
        const name = this.documents?.get(id);
        return name ? el("a", { class: "paper", href: `${data.api}/documents/${encodeURIComponent(id)}/content`,
          download: true }, `📎 ${name}`) : el("span", { class: "muted small" }, say("task.paper", { id }));
      }));
    return el("section", { "data-part": "history" }, el("h3", {}, say("task.history")),
      el("ol", { class: "history" }, ...[...one.history].reverse().map(entry)));
  },
};

Object.assign(TasksView.prototype, TaskPanelParts);
