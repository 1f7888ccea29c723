// Would a booking pass? The engine that takes bookings answers, and every rule says how. Below: what was
// changed of the rules, from the audit trail.

const TRIAL_GLYPHS = { refuse: "✕", approve: "?", warn: "!" };
const TRIAL_ORDER = ["refuse", "approve", "warn", null];

const PolicyTrialParts = {
  trialBox() {
    const { say } = this;
    this.trial ??= { who: "", what: this.things[0]?.[0] ?? "", purpose: "class", day: dayAfter(schoolDay(Date.now()), 1), from: "08:00", to: "09:40",
      headcount: "", minors: false, supervisor: "", module: "", answer: null, trouble: "" };
    return el("details", { class: "box", "data-part": "trial", open: this.trial.isOpen, ontoggle: (event) => { this.trial.isOpen = event.target.open; } },
      el("summary", {}, say("policy_try.title")), el("p", { class: "small muted" }, say("policy_try.hint")),
      this.trialForm(), this.trialAnswer());
  },

  trialForm() {
    const { say, data, trial } = this;
    const pick = (name, words, options) => el("label", { class: "stacked" }, words, el("select", { "data-focus": `try-${name}`,
      onchange: (event) => { trial[name] = event.target.value; } }, ...options.map(([key, text]) => el("option", { value: key, selected: key === trial[name] }, text))));
    const field = (name, words, attributes) => el("label", { class: "stacked" }, words, el("input", { type: "text", value: trial[name], "data-focus": `try-${name}`,
      "data-keep": "yes", oninput: (event) => { trial[name] = event.target.value; }, ...attributes }));
    const people = [["", say("policy_try.me")],
      ...data.roles.map((role) => [role, say("policy_try.own", { role: say(`role.${role}`) })]),
      ...data.roles.map((role) => [`outside-${role}`, say("policy_try.outside", { role: say(`role.${role}`) })])];
    const go = el("button", { type: "submit", class: "main", "data-focus": "try-go" }, say("policy_try.go"));
    return el("form", { class: "form", onsubmit: (event) => {
      event.preventDefault();
      this.tryOut(go);
    } },
    el("div", { class: "rowed" }, pick("who", say("policy_try.who"), people), pick("what", say("policy_try.what"), this.things),
      pick("purpose", say("policy_field.purpose"), data.purposes.map((one) => [one, say(`booking_purpose.${one}`)]))),
    el("div", { class: "rowed" }, field("day", say("policy_try.day"), { type: "date", required: true }), field("from", say("policy_try.from"), { type: "time", required: true }),
      field("to", say("policy_try.to"), { type: "time", required: true }), field("headcount", say("policy_field.headcount"), { type: "number", min: 1, max: 10_000, class: "few" })),
    el("div", { class: "rowed" }, pick("module", say("policy_field.modules"), [["", "—"], ...data.modules.map((one) => [one, `${one} ${say(`module_short.${one}`)}`])]),
      field("supervisor", say("policy_try.number"), { maxlength: 64 }),
      el("label", { class: "tick" }, el("input", { type: "checkbox", checked: trial.minors, "data-focus": "try-minors",
        onchange: (event) => { trial.minors = event.target.checked; } }), say("policy_try.minors"))),
    el("div", {}, go));
  },

  async tryOut(button) {
    const { data, trial } = this;
    const role = trial.who.replace("outside-", "") || null;
    Object.assign(trial, { answer: null, trouble: "" });
    button.disabled = true;
    try {
      trial.answer = await send("POST", `${data.api}/bookings/trial`, {
        resources: [trial.what], purpose: trial.purpose, start_at: schoolMoment(trial.day, trial.from), end_at: schoolMoment(trial.day, trial.to),
        headcount: trial.headcount ? Number(trial.headcount) : null, has_minors: trial.minors, supervisor: trial.supervisor || null, module: trial.module || null,
        role, is_outside: trial.who.startsWith("outside-") });
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      trial.trouble = this.policyTrouble(error);
    }
    button.disabled = false;
    this.draw();
  },

  trialAnswer() {
    const { say, data, trial: { answer, trouble } } = this;
    if (trouble) return el("p", { class: "refused", role: "status" }, trouble);
    if (!answer) return null;
    const glyph = { booked: "✓", requested: "?" }[answer.state] ?? "✕";
    const words = say(`policy_try.${answer.state ?? "none"}`, { who: answer.needs_approval_by.join("、") });
    const name = (key) => this.things.find(([one]) => one === key)?.[1] ?? key.split("/").slice(1).join("/");
    const slots = answer.nearest.map((one) => spanWords(data.lang, one.start_at, one.end_at)).join(data.lang === "en" ? ", " : "；");
    const policies = [...answer.policies].sort((a, b) => TRIAL_ORDER.indexOf(a.effect) - TRIAL_ORDER.indexOf(b.effect));
    return el("div", { role: "status", "data-part": "trial-answer", "data-state": answer.state ?? "none" },
      el("p", { class: answer.state ? "done" : "refused" }, `${glyph} ${words}`),
      ...answer.taken.map((one) => el("p", {}, say("policy_try.taken", { what: name(one.resource_key), when: spanWords(data.lang, one.start_at, one.end_at) }))),
      answer.work_order ? el("p", {}, say("policy_try.work_order", { n: answer.work_order })) : null,
      answer.displaces ? el("p", {}, say("policy_try.displaces", { n: answer.displaces })) : null,
      slots ? el("p", {}, say("policy_try.nearest", { list: slots })) : null,
      policies.length ? el("ul", { class: "lines" }, ...policies.map((one) => this.trialLine(one))) : el("p", { class: "muted" }, say("policy_try.silent")));
  },

  trialLine(one) {
    const { say, data } = this;
    const effect = one.effect ? `${TRIAL_GLYPHS[one.effect]} ${say(`effect.${one.effect}`)}` : `✓ ${say("policy_try.met")}`;
    const fields = [...new Set(one.objections.map((each) => each.field).filter(Boolean))].map((field) => say("policy_try.change", { field: this.fieldWord(field) }));
    return el("li", { "data-code": one.code, "data-effect": one.effect ?? "met" }, el("div", {},
      el("span", { class: "chip" }, effect), ` ${bilingual(data.lang, one.said)}`,
      ...one.objections.map((each) => el("div", {}, bilingual(data.lang, each.said))),
      fields.length ? el("div", { class: "small muted" }, fields.join(" · ")) : null));
  },

  pastBox() {
    const { say } = this;
    return el("details", { class: "box", "data-part": "past", open: this.isPastOpen, ontoggle: ({ target }) => {
      // a redrawn one tells that it is open too
      if (target.open === Boolean(this.isPastOpen)) return;
      this.isPastOpen = target.open;
      if (this.isPastOpen) this.loadPast();
    } }, el("summary", {}, say("policy_past.title")),
    !this.past ? null : this.past.length ? el("ul", { class: "lines" }, ...this.past.map((one) => this.pastLine(one))) : el("p", { class: "muted" }, say("policy_past.none")));
  },

  async loadPast() {
    try {
      this.past = await getJson(`${this.data.api}/booking-policies/history`);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      this.broke();
      return;
    }
    this.draw();
  },

  // What held on before and after is not told; a side without any rule had the defaults.
  pastLine(one) {
    const { say, data } = this;
    const words = (said) => said.map((each) => bilingual(data.lang, each));
    const [before, after] = [words(one.before), words(one.after)];
    const without = (all, others) => {
      const left = [...others];
      return all.filter((each) => !left.includes(each) || left.splice(left.indexOf(each), 1).length === 0);
    };
    const lines = (sign, key, all, others) => (all.length ? without(all, others) : [say("policy_past.default")])
      .map((each) => el("div", {}, el("span", { class: "small muted" }, `${sign} ${say(`policy_past.${key}`)} `), each));
    return el("li", {}, el("div", {}, el("strong", {}, say(`policy_code.${one.code}`)), el("span", { class: "small muted" }, ` ${one.who} · ${schoolDay(one.at)} ${schoolClock(one.at)}`),
      ...lines("−", "gone", before, after), ...lines("＋", "added", after, before)));
  },
};
