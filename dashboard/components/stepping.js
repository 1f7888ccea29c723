// One thing that is worked on, opened at the right: who has it, the steps possible now with words and
// files, and every step so far. A view says how it, its steps and states are called, where the
// API has it (`path`), which steps need words, and draws its own panel (`showOne`).

const STEP_MOST_WORDS = 2000;

const SteppingParts = {
  open(id) {
    this.id = id;
    this.one = null;
    this.trouble = "";
    keepInAddress(this.address());
    this.panel.show(this.say, this.titleOf(id), null, skeleton(8));
    this.look();
  },

  async look() {
    const id = this.id;
    try {
      const one = await getJson(`${this.data.api}/${this.path}/${id}`);
      if (this.id !== id) return;
      const isSame = JSON.stringify(one) === JSON.stringify(this.one);
      this.one = one;
      await this.nameDocuments();
      if (this.id !== id) return;
      // whoever writes keeps the words while others move on
      if (!isSame) this.showOne();
      if (one.possible.includes("assign")) await this.loadOwners(one);
    } catch (error) {
      if (this.id !== id) return;
      const words = error.status === 404 ? "trouble.not_found" : "trouble.details";
      this.panel.show(this.say, this.titleOf(id), null,
        el("p", { class: "refused", role: "alert" }, this.say(words)));
    }
  },

  // who can have it are the people of a station's school; what stands in none asks by any of them
  stationOf(one) {
    const own = this.data.stations.find((each) => each.organisation_code === one.organisation_code);
    return one.station_code ?? own?.code ?? null;
  },

  async loadOwners(one) {
    const code = this.stationOf(one);
    if (!code || this.ownersOf?.[code]) return;
    const found = await getJson(`${this.data.api}/stations/${encodeURIComponent(code)}/rectification-owners`);
    this.ownersOf = { ...this.ownersOf, [code]: found };
    if (this.id === one.id) this.showOne();
  },

  async nameDocuments() {
    this.documents ??= new Map();
    const ids = this.one.history.flatMap((entry) => entry.document_ids);
    await Promise.all([...new Set(ids)].filter((id) => !this.documents.has(id)).map(async (id) => {
      try {
        this.documents.set(id, await getJson(`${this.data.api}/documents/${encodeURIComponent(id)}`));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.documents.set(id, null);
      }
    }));
  },

  assigning() {
    const { say, one } = this;
    if (!one.possible.includes("assign")) return null;
    const people = this.ownersOf?.[this.stationOf(one)] ?? [];
    const isListed = !one.owner || people.some((person) => person.username === one.owner);
    const owner = el("select", { name: "owner", "data-focus": "owner" },
      el("option", { value: "" }, say("task.nobody")),
      // somebody who has left is kept until somebody else is chosen
      isListed ? null : el("option", { value: one.owner, selected: true }, one.owner),
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

  // `more` are fields of the view's own; `moreOf` says what they add to a step.
  acting({ steps, main, canAttach, evidence, more = null, moreOf = () => ({}) }) {
    const { say } = this;
    const refused = this.trouble ? el("p", { class: "refused", role: "alert" }, this.trouble) : null;
    if (!steps.length) return refused;
    const words = el("textarea", { maxlength: STEP_MOST_WORDS, "aria-label": say("task.words"),
      placeholder: say("task.words"), "data-focus": "words" });
    const files = filePicker(say, ".pdf,.jpg,.jpeg,.png,.webp", { isMany: true });
    const button = (step) => el("button", {
      type: "button", class: main.has(step) ? "main" : "plain", "data-step": step, "data-focus": `step-${step}`,
      onclick: (event) =>
        this.step({ step, ...moreOf(step) }, words, canAttach ? files.field.files : [], event.target),
    }, this.stepWord(step));
    return el("section", { class: "form box", "data-part": "act" },
      el("h3", {}, say("task.act")), words,
      canAttach ? el("div", { class: "field" }, el("span", {}, evidence), files.label) : null,
      more, refused, el("div", { class: "bar" }, ...steps.map(button)));
  },

  async step(order, words, files, button) {
    const { say } = this;
    if (this.wordsNeeded.has(order.step) && !words.value.trim()) {
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
      const ids = await this.upload(files);
      await this.change("POST", "/steps", { ...order, text: words.value, document_ids: ids }, words);
    } catch (error) {
      this.refuse(error, words);
    }
    button.disabled = false;
  },

  async upload(files) {
    const ids = [];
    for (const file of files) {
      const form = new FormData();
      form.append("file", file);
      ids.push((await send("POST", `${this.data.api}/documents`, form)).id);
    }
    return ids;
  },

  async change(method, path, body, words = null) {
    const { data, id, say } = this;
    try {
      const one = await send(method, `${data.api}/${this.path}/${id}${path}`, body);
      this.trouble = "";
      this.one = one;
      await this.nameDocuments();
      this.showOne();
      this.tell(say("task.saved"));
      this.refresh();
    } catch (error) {
      this.refuse(error, words);
    }
  },

  // what was written stays where it is, whatever the server says
  refuse(error, words) {
    this.trouble = this.wordsOf?.(error) ?? problemText(this.say, this.data.lang, error);
    const kept = words?.value ?? "";
    this.showOne();
    const field = this.panel.dialog.querySelector("textarea");
    if (field) field.value = kept;
  },

  paper(id) {
    const { say, data } = this;
    const found = this.documents?.get(id);
    if (!found) return el("span", { class: "muted small" }, say("task.paper", { id }));
    const address = `${data.api}/documents/${encodeURIComponent(id)}/content`;
    const isPicture = found.media_type.startsWith("image/");
    return el("a", { class: "paper", href: address, download: true },
      isPicture ? el("img", { class: "photo", src: address, alt: "", loading: "lazy" }) : null, `📎 ${found.name}`);
  },

  history() {
    const { say, data, one } = this;
    const entry = (step) => el("li", {},
      el("div", { class: "small muted" }, `${clock(data.lang, step.at)} · ${this.whoIs?.(step.who) ?? step.who}`),
      el("div", {}, el("strong", {}, this.stepWord(step.step)), " → ", this.stateWord(step.state)),
      step.text ? el("p", { class: "words" }, step.text) : null,
      ...step.document_ids.map((id) => this.paper(id)));
    return el("section", { "data-part": "history" }, el("h3", {}, say("task.history")),
      el("ol", { class: "history" }, ...[...one.history].reverse().map(entry)));
  },
};
