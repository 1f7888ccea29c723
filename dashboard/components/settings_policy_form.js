// One rule of booking: what it says, and everything it can be changed to say: whom and what it is for, its
// figures, and what happens when it is not met.

const PolicyFormParts = {
  policyLine(one, code, n) {
    const { say, data } = this;
    const said = one.said ? bilingual(data.lang, one.said) : say("policy_set.new");
    return el("div", { class: "policy-line", "data-line": n }, el("p", {}, said), one.note && one.said ? el("p", { class: "small muted" }, one.note) : null,
      data.may_policies ? this.policyFigures(one, code, n) : null, data.may_policies ? this.policyScope(one, code, n) : null);
  },

  // What is written here is kept in the draft; the page is drawn again only where it changes shape.
  policyFigures(one, code, n) {
    const { say, data } = this;
    const figure = (name) => el("label", { class: "stacked" }, say(`policy_field.${name}`),
      el("input", { type: "number", min: 0, max: 1_000_000, step: 1, value: one[name] ?? "", class: "few", name: `${name}-${n}`,
        "data-focus": `${code}-${n}-${name}`, oninput: ({ target }) => { one[name] = target.value === "" ? null : Number(target.value); } }));
    const own = UNCONDITIONAL[code];
    const effects = own ? [[own, say("policy_set.on")], ["off", say("effect.off")]] : data.effects.map((effect) => [effect, say(`effect.${effect}`)]);
    const names = data.figures[code] ?? [];
    return el("div", { class: "rowed" }, ...["least", "most"].filter((name) => names.includes(name)).map(figure),
      el("label", { class: "stacked" }, say(own ? "policy_set.state" : "policy_field.effect"), el("select", { "data-focus": `${code}-${n}-effect`,
        onchange: (event) => { one.effect = event.target.value; this.draw(); } },
      ...effects.map(([effect, words]) => el("option", { value: effect, selected: effect === one.effect }, words)))));
  },

  // the many fields are made when somebody wants to see them
  policyScope(one, code, n) {
    const isOpen = this.openLines.has(one);
    return el("details", { open: isOpen, ontoggle: ({ target }) => {
      if (target.open === this.openLines.has(one)) return;
      this.openLines[target.open ? "add" : "delete"](one);
      this.draw();
    } }, el("summary", { "data-focus": `${code}-${n}-edit` }, this.say("policy_set.edit")), isOpen ? this.policyFields(one, code, n) : null);
  },

  policyFields(one, code, n) {
    const { say, data } = this;
    const names = data.figures[code] ?? [];
    const stem = `${code}-${n}`;
    const ticks = (name, values, area) => this.policyTicks(one, stem, name, values.map((value) => [value, say(`${area}.${value}`)]));
    return el("div", { class: "form" },
      names.includes("allowed_roles") ? ticks("allowed_roles", data.roles, "role") : null,
      names.includes("displaces") ? ticks("displaces", data.purposes, "booking_purpose") : null,
      names.includes("staff_roles") ? ticks("staff_roles", data.staff_roles, "staff_role") : null,
      names.includes("certificates") ? ticks("certificates", data.certificates, "certificate_kind") : null,
      this.policyOfPersons(one, code, n, names),
      ticks("roles", data.roles, "role"), ticks("purposes", data.purposes, "booking_purpose"),
      this.policyTicks(one, stem, "kinds", data.kinds.map((kind) => [kind, say(`resource_kind.${kind}`)])),
      this.policyTicks(one, stem, "modules", data.modules.map((module) => [module, `${module} ${say(`module_short.${module}`)}`])),
      el("div", { class: "rowed" }, this.policyAskers(one, code, n),
        this.policyPick(one, stem, "station_code", data.stations.map((each) => [each.code, `${each.code} ${inLanguage(data.lang, each, "name")}`])),
        this.policyPick(one, stem, "resource_key", this.things)),
      el("label", { class: "stacked" }, say("policy_field.note"), el("input", { type: "text", maxlength: 200, value: one.note, "data-keep": "yes",
        "data-focus": `${stem}-note`, oninput: (event) => { one.note = event.target.value; } })),
      el("div", {}, el("button", { type: "button", class: "plain", "data-focus": `${stem}-remove`,
        disabled: this.drafts[`policy-${code}`].length === 1 && Boolean(one.said), onclick: () => {
          this.drafts[`policy-${code}`].splice(n, 1);
          this.draw();
        } }, `✕ ${say("policy_set.remove")}`)));
  },

  policyOfPersons(one, code, n, names) {
    const { say, data } = this;
    if (!names.includes("certificates")) return null;
    const tick = (name) => el("label", { class: "tick" }, el("input", { type: "checkbox", checked: one[name], "data-focus": `${code}-${n}-${name}`,
      onchange: (event) => { one[name] = event.target.checked; } }), say(`policy_field.${name}`));
    const level = el("label", { class: "stacked" }, say("policy_field.level"), el("select", { "data-focus": `${code}-${n}-level`,
      onchange: (event) => { one.level = event.target.value || null; } }, el("option", { value: "" }, say("policy_set.lowest")),
    ...data.levels.map((each) => el("option", { value: each, selected: each === one.level }, say(`level.${each}`)))));
    return el("div", { class: "rowed" }, names.includes("is_trainer_rule") ? tick("is_trainer_rule") : null, names.includes("is_trainer_rule") ? level : null, tick("waits_for_register"));
  },

  policyAskers(one, code, n) {
    const { say, data } = this;
    return el("label", { class: "stacked" }, say("policy_field.askers"), el("select", { "data-focus": `${code}-${n}-askers`,
      onchange: (event) => { one.askers = event.target.value; } },
    ...data.askers.map((each) => el("option", { value: each, selected: each === one.askers }, say(`askers.${each}`)))));
  },

  policyTicks(one, stem, name, options) {
    const toggle = (value, isOn) => { one[name] = options.map(([key]) => key).filter((key) => (key === value ? isOn : one[name].includes(key))); };
    const isOpen = !["allowed_roles", "displaces", "staff_roles", "certificates"].includes(name);
    return el("fieldset", { class: "ticks" }, el("legend", { class: "small muted" }, this.say(`policy_field.${name}`), isOpen ? ` (${this.say("policy_set.open")})` : ""),
      ...options.map(([value, words]) => el("label", { class: "tick" }, el("input", { type: "checkbox", checked: one[name].includes(value),
        "data-focus": `${stem}-${name}-${value}`, onchange: (event) => toggle(value, event.target.checked) }), words)));
  },

  policyPick(one, stem, name, options) {
    const value = one[name] ?? "";
    // what is not on offer here, such as a thing of another kind, stays as it is
    const known = !value || options.some(([key]) => key === value) ? options : [...options, [value, value]];
    return el("label", { class: "stacked" }, this.say(`policy_field.${name}`), el("select", { "data-focus": `${stem}-${name}`,
      onchange: (event) => { one[name] = event.target.value || null; } },
    el("option", { value: "" }, this.say("policy_set.any")), ...known.map(([key, words]) => el("option", { value: key, selected: key === value }, words))));
  },
};
