// One work order with its steps, and the form by which somebody of the school reports a new one.

const RepairPanelParts = {
  path: "work-orders",
  wordsNeeded: new Set(["done", "reject", "comment"]),

  wordsOf(error) {
    const other = error.problem?.work_order;
    return other ? this.say("repair.goes_on", { id: other }) : null;
  },

  titleOf(id) {
    return this.say("repair.title", { id });
  },

  stepWord(step) {
    return this.say(`repair_step.${step}`);
  },

  stateWord(state) {
    return this.say(`repair_state.${state}`);
  },

  showOne() {
    const { say, data, one } = this;
    if (!one) return;
    const note = el("p", { class: "muted" },
      [say("repair.title", { id: one.id }), one.station_code, this.thingOf(one)].filter(Boolean).join(" · "));
    this.panel.show(say, one.text, note,
      el("p", { class: "verdict" }, this.stateMark(one), ...this.marks(one),
        one.finished_at ? null : this.dueMark(one),
        el("span", {}, one.owner ? say("task.owner_is", { who: one.owner }) : say("task.nobody"))),
      one.awaits_confirmation ? el("p", { class: "done" }, `✓ ${say("repair.gone")}`) : null,
      el("section", { class: "box" }, el("h3", {}, say("repair.what")), this.facts(),
        one.bench_code && this.benchNames.has(one.bench_code)
          ? innerLink(this.component, "bench", { bench: one.bench_code, ...data.keep },
            say("repair.to_bench", { code: one.bench_code })) : null),
      this.assigning(),
      this.steps(),
      this.history());
  },

  facts() {
    const { say, data, one } = this;
    const { fault } = one;
    const facts = [
      ["by", `${this.whoIs(one.reported_by)} · ${clock(data.lang, one.opened_at)}`],
      ["age_name", this.ageOf(one)],
      ["out_since", one.blocking_since && clock(data.lang, one.blocking_since)],
      ["fault", fault && `${fault.dtc} ${inLanguage(data.lang, fault, "text")}`.trim()],
      ["fault_since", fault?.first_at && clock(data.lang, fault.first_at)],
      ["remedy", fault && inLanguage(data.lang, fault, "remedy")],
    ];
    return el("dl", { class: "facts" }, ...facts.filter(([, words]) => words).flatMap(([name, words]) =>
      [el("dt", {}, say(`repair.${name}`)), el("dd", { class: name }, words)]));
  },

  steps() {
    const { say, one, data } = this;
    const steps = one.possible.filter((step) => step !== "assign");
    const mayTriage = steps.includes("triage");
    const out = el("input", { type: "checkbox", name: "blocking", checked: one.is_blocking, "data-focus": "blocking" });
    return this.acting({
      steps,
      main: new Set([steps.includes("start") ? "start" : "done"]),
      evidence: say("repair.photos"),
      canAttach: data.may_attach && one.organisation_code === data.me.organisation,
      more: mayTriage ? el("label", { class: "tick" }, out, say("repair.blocking_by_triage")) : null,
      moreOf: (step) => (step === "triage" ? { is_blocking: out.checked } : {}),
    });
  },

  askForReport() {
    const { say, data } = this;
    this.id = null;
    const bench = el("select", { name: "bench", "data-focus": "bench" }, el("option", { value: "" }, "—"),
      ...this.benches.map((one) => el("option", { value: one.code }, `${one.code} ${inLanguage(data.lang, one, "name")}`)));
    const asset = el("input", { type: "text", name: "asset", maxlength: 64, "data-focus": "asset" });
    const words = el("textarea", { maxlength: STEP_MOST_WORDS, name: "text", required: true, "data-focus": "words",
      "aria-label": say("repair.trouble"), placeholder: say("repair.trouble") });
    const out = el("input", { type: "checkbox", name: "blocking", "data-focus": "blocking" });
    const files = filePicker(say, ".jpg,.jpeg,.png,.webp,.pdf", { isMany: true });
    const told = el("p", { class: "refused", role: "alert", hidden: true });
    const button = el("button", { type: "submit", class: "main", "data-focus": "send" }, say("repair.send"));
    const refuse = (text) => {
      told.hidden = false;
      told.textContent = text;
    };
    const submit = async (event) => {
      event.preventDefault();
      if (!bench.value && !asset.value.trim()) return refuse(say("repair.which"));
      if (!words.value.trim()) return refuse(say("repair.trouble"));
      button.disabled = true;
      try {
        const order = {
          bench_code: bench.value || null, asset_number: asset.value.trim() || null, text: words.value,
          is_blocking: out.checked, document_ids: await this.upload(files.field.files),
        };
        const made = await send("POST", `${data.api}/work-orders`, order);
        this.tell(say("task.saved"));
        this.open(made.id);
        this.refresh();
      } catch (error) {
        const isUnknown = error.status === 404;
        refuse(isUnknown ? say("repair.unknown_thing") : problemText(say, data.lang, error));
      }
      button.disabled = false;
      return null;
    };
    this.panel.show(say, say("repair.report"), el("p", { class: "muted" }, say("repair.report_hint")),
      el("form", { class: "form", "data-part": "report", novalidate: true, onsubmit: submit },
        el("div", { class: "rowed" },
          el("label", { class: "stacked" }, say("repair.bench"), bench),
          el("label", { class: "stacked" }, say("repair.asset"), asset)),
        words,
        el("label", { class: "tick" }, out, say("repair.blocking")),
        data.may_attach ? el("div", { class: "field" }, el("span", {}, say("repair.photos")), files.label) : null,
        told, el("div", { class: "bar" }, button)));
  },
};

Object.assign(RepairsView.prototype, SteppingParts, RepairPanelParts);
