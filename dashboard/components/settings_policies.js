// The rules of booking, grouped by what they govern: each kind with its rules as sentences, which can be
// changed, added to, switched off and given back to the defaults.

const POLICY_TOLD = ["id", "organisation_code", "is_default", "said", "set_at", "set_by"];
// what these are not is never held against a booking, so they are on or off
const UNCONDITIONAL = { owner_approval: "approve", exam_priority: "refuse" };

const PolicyParts = {
  policyParts() {
    const { say, data, policies } = this;
    const codes = new Map();
    for (const one of policies) codes.set(one.code, [...(codes.get(one.code) ?? []), one]);
    return [data.may_policies ? el("p", { class: "muted hint" }, say("policy_set.all_hint")) : el("p", { class: "muted hint" }, say("school_set.read_only")),
      data.may_book ? this.trialBox() : null,
      ...data.policy_groups.flatMap(([group, its]) => [el("h2", { class: "group" }, say(`policy_group.${group}`)),
        ...its.map((code) => this.policyBox(code, codes.get(code) ?? []))]),
      this.pastBox(), this.rolesBox()].filter(Boolean);
  },

  policyBox(code, its) {
    const { say, data } = this;
    const told = this.told();
    if (this.donePolicy?.code === code) told.append(this.donePolicy.node);
    const path = `${data.api}/booking-policies/${code}`;
    const drafts = (this.drafts[`policy-${code}`] ??= its.map((one) => structuredClone(one)));
    const put = (button, act) => this.policyAct(code, told, button, act);
    const save = el("button", { type: "submit", class: "plain", "data-focus": `save-${code}` }, say("school_set.save"));
    const isDefault = its.every((one) => one.is_default);
    const isChanged = JSON.stringify(drafts) !== JSON.stringify(its);
    return el("section", { class: "box policy", "data-policy": code },
      el("header", {}, el("h3", {}, say(`policy_code.${code}`)), this.policyOrigin(its, isDefault), isChanged ? el("span", { class: "chip" }, `● ${say("policy_set.unsaved")}`) : null),
      el("form", { class: "form", onsubmit: (event) => {
        event.preventDefault();
        put(save, () => send("PUT", path, drafts.map((one) => this.policySent(one))));
      } }, drafts.length ? null : el("p", { class: "muted" }, say("policy_set.no_rule")),
      ...drafts.map((one, n) => this.policyLine(one, code, n)), told,
      data.may_policies ? el("div", { class: "bar" }, drafts.length ? save : null, ...this.policyMoves(code, its, { drafts, isDefault, isChanged, put, path })) : null));
  },

  policyOrigin(its, isDefault) {
    const { say } = this;
    if (isDefault) return its.length ? el("span", { class: "chip" }, say("school_set.is_default")) : null;
    const [{ set_by: who, set_at: at }] = its;
    return el("span", { class: "small muted" }, say("school_set.set_by", { who, at: `${schoolDay(at)} ${schoolClock(at)}` }));
  },

  policyMoves(code, its, { drafts, isDefault, isChanged, put, path }) {
    const { say } = this;
    const isOff = its.length > 0 && its.every((one) => one.effect === "off");
    return [
      el("button", { type: "button", class: "plain", "data-focus": `add-${code}`, onclick: () => {
        const fresh = this.newPolicy(code);
        drafts.push(fresh);
        this.openLines.add(fresh);
        this.draw();
      } }, `＋ ${say("policy_set.add")}`),
      isChanged ? el("button", { type: "button", class: "plain", "data-focus": `undo-${code}`, onclick: () => {
        this.drafts[`policy-${code}`] = null;
        this.donePolicy = null;
        this.draw();
      } }, say("policy_set.undo")) : null,
      isOff || !its.length ? null : this.sure(say("policy_set.switch_off"), say("policy_set.switch_off_sure"), `off-${code}`,
        (button) => put(button, () => send("PUT", path, [{ code, effect: "off" }]))),
      isDefault ? null : this.sure(say("school_set.restore"), say("school_set.restore_sure"), `restore-${code}`, (button) => put(button, () => send("DELETE", path))),
    ];
  },

  // What the last act did, or why it did not, is told until the next one.
  async policyAct(code, told, button, act) {
    const { say } = this;
    this.donePolicy = null;
    button.disabled = true;
    try {
      const found = await act();
      this.policies = found;
      this.drafts[`policy-${code}`] = null;
      this.past = null;
      if (this.isPastOpen) this.loadPast();
      this.donePolicy = { code, node: el("span", { class: "done" }, say("school_set.saved")) };
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      this.donePolicy = { code, node: el("span", { class: "refused" }, this.policyTrouble(error)) };
      const [line] = this.wrongPlace(error);
      const draft = this.drafts[`policy-${code}`]?.[line];
      if (draft) this.openLines.add(draft);
    }
    button.disabled = false;
    this.draw();
  },

  // [index of the rule, name of the field, what is expected] of a refusal; no index is -1, nothing given "".
  wrongPlace({ problem }) {
    const { say, data } = this;
    if (problem?.field) {
      const n = (problem.item ?? 0) - 1;
      const found = /^a value of (.+)$/.exec(problem.expected ?? "");
      if (!found) return [n, problem.field, expectedWords(say, data.lang, problem.expected ?? "")];
      return [n, found[1].split(" or ").map((one) => this.fieldWord(one)).join(data.lang === "en" ? " or " : "或"), ""];
    }
    const wrong = problem?.errors?.[0];
    if (!wrong) return [-1, "", ""];
    const name = wrong.location.filter((one) => typeof one === "string").at(-1);
    const isNumber = ["least", "most"].includes(name);
    return [wrong.location.find((one) => typeof one === "number") ?? -1, name, isNumber ? say("policy_set.a_number") : wrong.message];
  },

  policyTrouble(error) {
    const { say, data } = this;
    const [n, field, expected] = this.wrongPlace(error);
    if (!field) return problemText(say, data.lang, error);
    const words = say(`policy_set.${expected ? "wrong" : "missing"}`, { field: this.fieldWord(field), expected });
    return n < 0 ? words : `${say("policy_set.item", { n: n + 1 })} · ${words}`;
  },

  fieldWord(name) {
    return this.data.texts[`policy_field.${name}`] ?? name;
  },

  policySent(one) {
    return Object.fromEntries(Object.entries(one).filter(([name]) => !POLICY_TOLD.includes(name)));
  },

  newPolicy(code) {
    return { code, effect: UNCONDITIONAL[code] ?? "refuse", station_code: null, resource_key: null, kinds: [], modules: [], purposes: [], roles: [],
      askers: "own", least: null, most: null, allowed_roles: [], displaces: [], staff_roles: [], certificates: [], level: null,
      is_trainer_rule: false, waits_for_register: false, note: "" };
  },

  rolesBox() {
    const { say, data } = this;
    return el("details", { class: "box", "data-part": "roles", open: this.isRolesOpen, ontoggle: (event) => { this.isRolesOpen = event.target.open; } }, el("summary", {}, say("policy_roles.title")),
      el("p", { class: "small muted" }, say("policy_roles.hint")),
      el("div", { class: "scroll" }, el("table", { class: "rows matrix" },
        el("thead", {}, el("tr", {}, el("td", {}), ...data.roles.map((role) => el("th", { scope: "col" }, say(`role.${role}`))))),
        el("tbody", {}, ...data.role_matrix.map(([action, may]) => el("tr", {}, el("th", { scope: "row" }, say(`policy_action.${action}`)),
          ...data.roles.map((role) => el("td", {}, el("span", { "aria-label": say(may.includes(role) ? "policy_roles.yes" : "policy_roles.no") }, may.includes(role) ? "✓" : "—")))))))));
  },
};
