// The rules of booking as sentences; effect and figures of each can be changed, a code given back to its
// defaults.

const POLICY_TOLD = ["id", "organisation_code", "is_default", "said", "set_at", "set_by"];

const PolicyParts = {
  policyParts() {
    const { say, data, policies } = this;
    const codes = new Map();
    for (const one of policies) codes.set(one.code, [...(codes.get(one.code) ?? []), one]);
    return [data.may_policies ? null : el("p", { class: "muted hint" }, say("school_set.read_only")),
      ...[...codes].map(([code, its]) => this.policyBox(code, its))].filter(Boolean);
  },

  policyBox(code, its) {
    const { say, data } = this;
    const told = this.told();
    if (this.savedPolicy === code) told.append(el("span", { class: "done" }, say("school_set.saved")));
    const path = `${data.api}/booking-policies/${code}`;
    const drafts = (this.drafts[`policy-${code}`] ??= its.map((one) => ({ ...one })));
    const put = (button, act) => this.attempt(told, button, async () => {
      const found = await act();
      this.policies = [...this.policies.filter((one) => one.code !== code), ...found.filter((one) => one.code === code)]
        .sort((a, b) => this.policies.findIndex((one) => one.code === a.code) - this.policies.findIndex((one) => one.code === b.code));
      this.drafts[`policy-${code}`] = null;
      this.savedPolicy = code;
      this.draw();
    });
    const save = el("button", { type: "submit", class: "plain", "data-focus": `save-${code}` }, say("school_set.save"));
    const isDefault = its.every((one) => one.is_default);
    const [{ set_by: who, set_at: at }] = its;
    return el("section", { class: "box policy", "data-policy": code },
      el("header", {}, el("h3", {}, say(`policy_code.${code}`)), isDefault ? el("span", { class: "chip" }, say("school_set.is_default"))
        : el("span", { class: "small muted" }, say("school_set.set_by", { who, at: clock(data.lang, at) }))),
      el("form", { class: "form", onsubmit: (event) => {
        event.preventDefault();
        put(save, () => send("PUT", path, drafts.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => !POLICY_TOLD.includes(name))))));
      } }, ...drafts.map((one, n) => this.policyLine(one, code, n)), told, data.may_policies ? el("div", { class: "bar" }, save,
        isDefault ? null : this.sure(say("school_set.restore"), say("school_set.restore_sure"), `restore-${code}`, (button) => put(button, () => send("DELETE", path)))) : null));
  },

  policyLine(one, code, n) {
    const { say, data } = this;
    const figure = (name) => (one[name] === null ? null : el("label", { class: "stacked" }, say(`school_set.${name}`),
      el("input", { type: "number", min: 0, max: 1_000_000, required: true, value: one[name], class: "few", name: `${name}-${n}`,
        "data-focus": `${code}-${n}-${name}`, oninput: (event) => { one[name] = Number(event.target.value); } })));
    return el("div", { class: "policy-line" }, el("p", {}, bilingual(data.lang, one.said)), one.note ? el("p", { class: "small muted" }, one.note) : null,
      !data.may_policies ? null : el("div", { class: "rowed" }, figure("least"), figure("most"), el("label", { class: "stacked" }, say("school_set.effect"),
        el("select", { "data-focus": `${code}-${n}-effect`, onchange: (event) => { one.effect = event.target.value; } },
          ...data.effects.map((effect) => el("option", { value: effect, selected: effect === one.effect }, say(`policy_effect.${effect}`)))))));
  },
};
