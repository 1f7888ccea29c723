// The conditions beyond equipment: each with its outcome, what it rests on, and what to do.

const CONDITION_ORDER = ["not_met", "unknown", "met"];

function conditionPill(say, one) {
  const words = say(`condition_outcome.${one.outcome}`);
  if (one.outcome === "met") return pill("ready", "✓", words);
  if (one.outcome === "unknown") return pill("unknown", "?", words);
  return one.is_binding ? pill("not", "✕", words) : pill("advice", "!", words);
}

class ConditionsView extends KeepView {
  constructor(root) {
    super(root);
    this.filters = { outcome: "", basis: "" };
    this.wanted = "";
  }

  take(asked) {
    if (asked.outcome) this.filters.outcome = asked.outcome;
    if (asked.basis) this.filters.basis = asked.basis;
    this.wanted = asked.open ?? "";
    this.panel.close();
  }

  address() {
    return { ...this.filters, open: this.openId ?? "" };
  }

  get base() {
    return `${this.data.api}/stations/${encodeURIComponent(this.data.station.code)}/conditions`;
  }

  async load() {
    const query = new URLSearchParams();
    for (const name of ["use", "date"]) if (this.data[name]) query.set(name, this.data[name]);
    const found = await this.allowed(`${this.base}?${query}`);
    return () => {
      this.found = found;
      if (!found) return;
      if (this.openId) this.look();
      else if (this.wanted) this.open(this.wanted);
      this.wanted = "";
    };
  }

  set(values) {
    Object.assign(this.filters, values);
    this.draw();
  }

  render() {
    const { say, found, filters } = this;
    if (!found) {
      fill(this.body, this.empty(say("trouble.not_allowed_hint")));
      return;
    }
    if (!found.conditions.length) {
      fill(this.body, this.empty(say("conditions.none"), el("p", {}, say("conditions.none_hint"))));
      return;
    }
    const shown = found.conditions.filter((one) => (!filters.outcome || one.outcome === filters.outcome)
      && (!filters.basis || one.basis === filters.basis));
    fill(this.body, this.summary(), this.filterBar(), shown.length ? this.groups(shown)
      : this.empty(say("keeping.none_of_filter"), el("button", { type: "button", class: "plain",
        "data-focus": "reset", onclick: () => this.set({ outcome: "", basis: "" }) }, say("keeping.reset"))));
  }

  summary() {
    const { say, found } = this;
    return el("p", { class: "summary" },
      found.binding ? pill("not", "✕", say("conditions.binding", { n: found.binding }))
        : pill("ready", "✓", say("conditions.no_binding")),
      el("span", { class: "muted" }, [
        found.advice ? say("conditions.advice", { n: found.advice }) : null,
        say("conditions.met", { n: found.met }),
        `${say("common.list")} ${found.list_version}`,
        found.is_official_list ? null : say("common.draft"),
      ].filter(Boolean).join(" · ")));
  }

  filterBar() {
    const { say, data, found, filters } = this;
    const count = (name, value) => found.conditions.filter((one) => one[name] === value).length;
    const outcomes = ["", ...CONDITION_ORDER].map((one) => [one, one
      ? `${say(`condition_outcome.${one}`)} ${count("outcome", one)}` : say("keeping.all")]);
    return el("div", { class: "bar" },
      segments(say("conditions.show"), outcomes, filters.outcome, (outcome) => this.set({ outcome })),
      choice(say("conditions.basis"), [["", say("keeping.all")], ...data.bases.map((one) =>
        [one, `${say(`condition_basis.${one}`)} ${count("basis", one)}`])], filters.basis,
      (basis) => this.set({ basis })));
  }

  topic(name) {
    return this.data.texts[`topic.${name}`] ?? name;
  }

  groups(shown) {
    const { say } = this;
    const groups = new Map();
    for (const one of shown) groups.set(one.topic, [...(groups.get(one.topic) ?? []), one]);
    const rank = (one) => CONDITION_ORDER.indexOf(one.outcome);
    return el("div", {}, ...[...groups].map(([name, its]) => el("section", { class: "group" },
      el("h3", {}, this.topic(name), el("span", { class: "muted count" }, say("conditions.group", {
        n: its.length, open: its.filter((one) => one.outcome !== "met").length,
      }))),
      el("ul", {}, ...its.sort((a, b) => rank(a) - rank(b)).map((one) => this.line(one))))));
  }

  line(one) {
    const { say, data } = this;
    return el("li", { "data-condition": one.condition_id }, el("button", {
      type: "button", class: "row conditions", "data-focus": one.condition_id,
      onclick: () => this.open(one.condition_id),
    },
    el("span", { class: "marks" }, conditionPill(say, one),
      el("span", { class: "chip" }, say(`condition_basis.${one.basis}`))),
    el("span", {}, el("strong", {}, bilingual(data.lang, one.text)),
      el("span", { class: "small muted ids" }, `${one.condition_id} · ${
        say(one.is_binding ? "conditions.is_binding" : "conditions.is_advice")}`)),
    el("span", {}, bilingual(data.lang, one.found)),
    el("span", { class: "small muted" }, one.outcome === "met" ? this.lasts(one) : bilingual(data.lang, one.remedy))));
  }

  lasts(one) {
    const { say } = this;
    if (one.basis !== "stated") return "";
    return [say("conditions.stated_by", { who: one.stated_by }),
      one.valid_until ? say("conditions.until", { day: one.valid_until }) : null].filter(Boolean).join("，");
  }
}

export default function (component) {
  return mounted(component, ConditionsView);
}
