// One person at the right: what is on record, their papers, and the forms that change both.

const PERSON_DAYS = ["trade_since", "joined_on", "left_on"];
const PAPER_DAYS = ["issued_on", "valid_until", "reviewed_on", "ended_on"];
const PAPER_LOOKS = {
  valid: ["ready", "✓"], review_due: ["not", "✕"], expired: ["not", "✕"], ended: ["off", "–"],
  not_yet: ["off", "○"], unknown: ["unknown", "?"],
};

Object.assign(StaffView.prototype, {
  open(id) {
    this.memberId = id;
    this.done = "";
    this.formNode = null;
    this.showPanel();
  },

  openNew() {
    const { say } = this;
    this.memberId = null;
    this.panel.show(say, say("staff.add"), null, this.personForm(null));
  },

  showForm(node) {
    this.done = "";
    this.formNode = node;
    this.showPanel();
    node.querySelector("input, select")?.focus();
  },

  showPanel() {
    const { say, data, member } = this;
    if (!member) {
      this.panel.close();
      return;
    }
    const button = (key, make) => el("button", { type: "button", class: "plain", "data-focus": key,
      onclick: () => this.showForm(make()) }, say(key));
    this.panel.show(say, member.name || member.number,
      el("p", { class: "muted small" }, `${member.number} · ${say(`affiliation.${member.affiliation}`)}`),
      this.done ? el("p", { class: "done", role: "status" }, this.done) : null,
      this.personFacts(member), this.papersOf(member),
      data.may_write ? el("div", { class: "marks" },
        button("keeping.change", () => this.personForm(member)),
        button("staff.add_paper", () => this.paperForm(member, null))) : null,
      this.formNode);
  },

  personFacts(member) {
    const { say } = this;
    const facts = [
      ["roles", this.rolesOf(member) || "—"],
      ["modules", member.modules.join("、") || say("staff.every")],
      ["levels", member.levels.map((one) => say(`level_full.${one}`)).join("、") || say("staff.every")],
      ...PERSON_DAYS.map((name) => [name, member[name]]),
    ].filter(([, words]) => words);
    return el("dl", { class: "facts" }, ...facts.flatMap(([name, words]) => [
      // what a form says in brackets is not needed here
      el("dt", {}, say(`staff.${name}`).replace(/\s*[（(].*/, "")), el("dd", {}, words)]),
    el("dt", {}, say("stations.station")),
    el("dd", {}, member.station_codes.join("、") || say("keeping.every_station")));
  },

  papersOf(member) {
    const { say, data } = this;
    const line = (one) => {
      const [kind, glyph] = PAPER_LOOKS[one.state];
      return el("li", { "data-paper": one.kind },
        el("span", { class: "marks" }, pill(kind, glyph, say(`certificate_state.${one.state}`)),
          el("strong", {}, say(`certificate_kind.${one.kind}`)),
          one.level ? el("span", { class: "chip" }, say(`level_full.${one.level}`)) : null),
        el("span", { class: "small muted" }, [one.certificate_no, one.modules.join(" "), one.issued_on,
          one.ends_on ? say("staff.until", { day: one.ends_on }) : null].filter(Boolean).join(" · ")),
        el("span", { class: "marks" }, this.paper(one.document_id),
          data.may_write ? el("button", { type: "button", class: "plain", "data-focus": `paper-${one.id}`,
            "aria-label": `${say("keeping.change")} ${say(`certificate_kind.${one.kind}`)}`,
            onclick: () => this.showForm(this.paperForm(member, one)) }, say("keeping.change")) : null));
    };
    return el("section", {}, el("h3", {}, say("staff.papers")), member.certificates.length
      ? el("ul", { class: "papers" }, ...member.certificates.map(line))
      : el("p", { class: "muted" }, say("staff.no_papers")));
  },

  days(names, from) {
    return el("div", { class: "rowed" }, ...names.map((name) =>
      stackedInput(this.say(`staff.${name}`), name, { type: "date", value: from?.[name] ?? null })));
  },

  personForm(member) {
    const { say, data } = this;
    const spoken = (area, ones) => ones.map((one) => [one, say(`${area}.${one}`)]);
    const fields = [
      member ? null : stackedInput(say("staff.number"), "number",
        { required: true, maxlength: 64, placeholder: say("staff.number_hint") }),
      stackedInput(say("staff.name"), "name", { maxlength: 80, value: member?.name }),
      stackedChoice(say("staff.affiliation"), "affiliation", spoken("affiliation", data.affiliations),
        member?.affiliation ?? "school"),
      tickBoxes(say("staff.roles"), "roles", spoken("staff_role", data.roles), member?.roles),
      el("label", { class: "tick" }, el("input", { type: "checkbox", name: "is_school_leader",
        checked: member?.is_school_leader ?? false }), say("staff.is_school_leader")),
      this.stationTicks(member?.station_codes),
      // what a file said of other modules stays
      tickBoxes(say("staff.modules"), "modules", [...new Set([...data.modules, ...member?.modules ?? []])]
        .map((one) => [one, one]), member?.modules),
      tickBoxes(say("staff.levels"), "levels", spoken("level_full", data.levels), member?.levels),
      this.days(PERSON_DAYS, member),
    ];
    return this.form(say(member ? "keeping.change" : "staff.add"), fields, async (node) => {
      const order = formValues(node, { nullable: PERSON_DAYS });
      order.is_school_leader = node.elements.is_school_leader.checked;
      const kept = member ? await send("PATCH", `${data.api}/staff/${member.id}`, order)
        : await send("POST", `${data.api}/staff`, { ...order, organisation: data.station.organisation_code });
      await this.saved(kept);
    });
  },

  paperForm(member, one) {
    const { say, data } = this;
    const spoken = (area, ones) => ones.map((name) => [name, say(`${area}.${name}`)]);
    const picker = this.picker();
    const fields = [
      one ? null : stackedChoice(say("staff.kind"), "kind", spoken("certificate_kind", data.certificate_kinds)),
      stackedInput(say("staff.certificate_no"), "certificate_no", { maxlength: 80, value: one?.certificate_no }),
      one ? null : stackedChoice(say("staff.level"), "level",
        [["", say("staff.no_level")], ...spoken("level_full", data.levels)]),
      one ? null : tickBoxes(say("staff.paper_modules"), "modules",
        ["2-*", ...data.modules].map((name) => [name, name])),
      this.days(one ? PAPER_DAYS.slice(1) : PAPER_DAYS.slice(0, 3), one),
      picker.node,
    ];
    return this.form(say(one ? "staff.change_paper" : "staff.add_paper"), fields, async (node) => {
      const order = formValues(node, { nullable: [...PAPER_DAYS, "level"] });
      const paper = await this.handIn(picker, member.organisation_code);
      if (paper) order.document_id = paper;
      const path = one ? `staff/certificates/${one.id}` : `staff/${member.id}/certificates`;
      await this.saved(await send(one ? "PATCH" : "POST", `${data.api}/${path}`, order));
    });
  },

  async saved(member) {
    this.memberId = member.id;
    this.formNode = null;
    this.done = this.say("keeping.saved");
    this.tell(this.done);
    await this.refresh();
  },
});
