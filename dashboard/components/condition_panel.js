// One condition at the right: the whole explanation, what was stated so far, and a form to state it.

Object.assign(ConditionsView.prototype, {
  open(id) {
    if (!this.found.conditions.some((one) => one.condition_id === id)) return;
    this.openId = id;
    this.words = null;
    this.done = "";
    this.formNode = null;
    this.look();
    keepInAddress(this.address());
  },

  closed() {
    const id = this.openId;
    this.openId = null;
    keepInAddress(this.address());
    if (id) this.body.querySelector(`[data-focus="${CSS.escape(id)}"]`)?.focus();
  },

  async look() {
    const id = this.openId;
    this.showPanel();
    try {
      const words = await getJson(`${this.base}/${encodeURIComponent(id)}/statements`);
      if (this.openId !== id) return;
      this.words = words;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      this.words = null;
    }
    if (this.openId === id) this.showPanel();
  },

  showPanel() {
    const { say, data } = this;
    const one = this.found.conditions.find((row) => row.condition_id === this.openId);
    if (!one) {
      this.panel.close();
      return;
    }
    // a form on another day or use would state what is not looked at
    const isNow = !data.use && !data.date;
    if (data.may_write && isNow) this.formNode ??= this.statementForm(one);
    this.panel.show(say, bilingual(data.lang, one.text),
      el("p", { class: "muted small" }, `${one.condition_id} · ${this.topic(one.topic)} · ${
        say(one.is_binding ? "conditions.is_binding" : "conditions.is_advice")}`),
      this.done ? el("p", { class: "done", role: "status" }, this.done) : null,
      el("p", { class: "marks" }, conditionPill(say, one),
        el("span", { class: "chip" }, say(`condition_basis.${one.basis}`)),
        one.statement_state ? el("span", { class: `chip ${one.statement_state === "valid" ? "" : "late"}` },
          say(`statement_state.${one.statement_state}`)) : null),
      this.facts(one), this.history(), isNow ? this.formNode : null);
  },

  facts(one) {
    const { say, data } = this;
    const qualifier = one.authority_qualifier ? say("finding.qualifier", { text: one.authority_qualifier }) : "";
    const facts = [
      ["required", bilingual(data.lang, one.required)],
      ["found", bilingual(data.lang, one.found)],
      ["remedy", bilingual(data.lang, one.remedy)],
      ["names", one.names.join("、")],
      ["rule", one.rule],
      ["evidence", one.evidence],
      ["source", [say(`authority.${one.authority}`) + qualifier, one.source].filter(Boolean).join(" · ")],
    ].filter(([, words]) => words);
    return el("section", {},
      el("dl", { class: "facts" }, ...facts.flatMap(([name, words]) => [
        el("dt", {}, say(`conditions.${name}`)), el("dd", { "data-fact": name }, words)])),
      one.topic === "staff" && one.basis === "computed" ? el("p", {}, innerLink(this.component, "staff",
        { station: data.station.code, ...data.keep }, `${say("conditions.open_staff")} →`)) : null);
  },

  history() {
    const { say, words } = this;
    if (!words) return skeleton(2);
    return el("section", {}, el("h3", {}, say("conditions.history")), words.length
      ? el("ul", { class: "papers" }, ...words.map((one) => el("li", {},
        el("span", {}, el("strong", {}, say(one.is_met ? "conditions.says_met" : "conditions.says_not")),
          `　${one.holds_from}`, one.valid_until ? `，${say("conditions.until", { day: one.valid_until })}` : ""),
        one.note ? el("span", { class: "said" }, one.note) : null,
        el("span", { class: "small muted" }, `${one.who} · ${clock(this.data.lang, one.at)}`),
        this.paper(one.document_id))))
      : el("p", { class: "muted" }, say("conditions.no_history")));
  },

  statementForm(one) {
    const { say } = this;
    const picker = this.picker();
    const outcomes = [["true", say("condition_outcome.met")], ["false", say("condition_outcome.not_met")]];
    return this.form(say("conditions.form"), [
      one.basis === "computed" ? el("p", { class: "small muted" }, say("conditions.form_computed")) : null,
      el("div", { class: "rowed" },
        stackedChoice(say("conditions.is_met"), "is_met", outcomes, "true"),
        stackedInput(say("conditions.holds_from"), "holds_from", { type: "date" }),
        stackedInput(say("conditions.valid_until"), "valid_until", { type: "date" })),
      el("label", { class: "stacked" }, say("conditions.note"),
        el("textarea", { name: "note", maxlength: 2000, "data-focus": "note" })),
      picker.node,
    ], (node) => this.state(one, node, picker));
  },

  async state(one, node, picker) {
    const { say, data } = this;
    const order = without(formValues(node));
    order.is_met = order.is_met === "true";
    if (order.is_met && !order.note && !picker.field.files.length) throw say("conditions.needs_evidence");
    if (order.holds_from && order.valid_until && order.valid_until < order.holds_from) {
      throw say("keeping.ends_before");
    }
    const paper = await this.handIn(picker, data.station.organisation_code);
    if (paper) order.document_id = paper;
    await send("POST", `${this.base}/${encodeURIComponent(one.condition_id)}/statements`, order);
    this.done = say("keeping.saved");
    this.tell(this.done);
    this.formNode = null;
    await this.refresh();
  },
});
