// The due calendar: what ends when, the most pressing first; a thing opens at the right with its papers.

const PAGE = 200;
const DUE_FILTERS = { state: "", kind: "", station: "" };
const MARKS = { overdue: ["!", "not"], soon: ["◔", "advice"], later: ["○", "ready"], undated: ["?", "unknown"] };

class DueView extends WorkView {
  constructor(root) {
    super(root);
    this.filters = { ...DUE_FILTERS };
    this.most = PAGE;
    this.thing = null;
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    for (const name of Object.keys(DUE_FILTERS)) if (asked[name]) this.filters[name] = asked[name];
  }

  address() {
    return { ...this.filters };
  }

  async load() {
    const query = new URLSearchParams({ limit: String(PAGE) });
    for (const [name, value] of Object.entries(this.filters)) if (value) query.set(name, value);
    const items = [];
    let found = null;
    do {
      query.set("offset", String(items.length));
      found = await this.page(query);
      if (!found) return () => { this.isTooMany = true; };
      items.push(...found.items);
    } while (found.next !== null && items.length < this.most);
    return () => {
      this.isTooMany = false;
      this.items = items;
      this.total = found.total;
      this.counts = found.counts;
      this.on = found.on_date;
      if (this.panel.isOpen && this.thing) this.look();
    };
  }

  // Who evaluates very many schools is asked for one of them.
  async page(query) {
    try {
      return await getJson(`${this.data.api}/due?${query}`);
    } catch (error) {
      if (error instanceof Refused && error.status === 422) return null;
      throw error;
    }
  }

  set(values) {
    Object.assign(this.filters, values);
    this.most = PAGE;
    this.refresh();
  }

  render() {
    const { say } = this;
    if (this.isTooMany) {
      fill(this.body, this.stationChoice(), el("div", { class: "empty" }, el("p", {}, say("due.too_many"))));
      return;
    }
    const known = Object.values(this.counts).reduce((sum, n) => sum + n, 0);
    const isFiltered = Object.values(this.filters).some(Boolean);
    if (!known && !isFiltered) {
      fill(this.body, el("div", { class: "empty" }, el("p", {}, say("due.none")), el("p", {}, say("due.none_hint"))));
      return;
    }
    fill(this.body, this.filterBar(),
      this.items.length ? this.list() : el("div", { class: "empty" }, el("p", {}, say("due.none_of_filter")),
        el("button", { type: "button", class: "plain", "data-focus": "reset",
          onclick: () => this.set({ ...DUE_FILTERS }) }, say("gaps.reset"))),
      this.items.length < this.total ? el("button", { type: "button", class: "plain more", "data-focus": "more",
        onclick: () => { this.most += PAGE; this.refresh(); } },
      say("due.more", { n: Math.min(PAGE, this.total - this.items.length) })) : null);
  }

  filterBar() {
    const { say, data, filters } = this;
    const states = ["", ...Object.keys(MARKS)].map((one) => [one,
      one ? `${MARKS[one][0]} ${say(`due_state.${one}`)} ${this.counts[one]}` : say("due.all")]);
    return el("div", { class: "bar" },
      segments(say("due.state"), states, filters.state, (state) => this.set({ state })),
      choice(say("due.kind"), [["", say("due.all")], ...data.kinds.map((one) => [one, say(`due_kind.${one}`)])],
        filters.kind, (kind) => this.set({ kind })),
      this.stationChoice());
  }

  stationChoice() {
    const { say, data, filters } = this;
    if (data.stations.length < 2) return null;
    return choice(say("stations.station"), [["", say("due.all")], ...data.stations.map((one) =>
      [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`])], filters.station,
    (station) => this.set({ station }));
  }

  list() {
    const groups = new Map();
    for (const one of this.items) {
      const name = this.heading(one);
      groups.set(name, [...(groups.get(name) ?? []), one]);
    }
    return el("div", {}, ...[...groups].map(([name, its]) => el("section", { class: "month" },
      el("h3", {}, name, el("span", { class: "muted count" }, its.length)),
      el("ul", {}, ...its.map((one) => this.line(one))))));
  }

  heading(one) {
    const { say, data } = this;
    if (one.state === "overdue") return say("due.overdue_heading");
    if (!one.due_on) return say("due.undated_heading");
    const locale = data.lang === "en" ? "en-GB" : "zh-CN";
    return new Date(`${one.due_on}T00:00:00`).toLocaleDateString(locale, { year: "numeric", month: "long" });
  }

  line(one) {
    const { say, data } = this;
    const [glyph, kind] = MARKS[one.state];
    const left = one.days_left;
    let when = say("due.no_day");
    if (left !== null) {
      when = left < 0 ? say("due.days_late", { n: -left }) : left ? say("due.days_left", { n: left }) : say("due.today");
    }
    const parts = [
      el("span", { class: "when" }, pill(kind, glyph, one.due_on ?? say("due.no_day")),
        left === null ? null : el("span", { class: `small ${left < 0 ? "late" : "muted"}` }, when)),
      el("span", { class: "what" }, el("strong", {}, inLanguage(data.lang, one, "name")),
        el("span", { class: "small muted" }, say(`due_kind.${one.kind}`))),
      el("span", { class: "small ids" }, el("span", {}, shortId(one)),
        one.detail && one.detail !== shortId(one) ? el("span", { class: "muted" }, one.detail) : null),
      el("span", { class: "small muted" }, `${one.organisation_code} · ${
        one.station_codes.join(" ") || say("due.every_station")}`),
    ];
    const key = `${one.kind} ${one.entity_id}`;
    return el("li", { "data-due": key }, one.entity === "equipment"
      ? el("button", { type: "button", class: "row", "data-focus": key, onclick: () => this.open(one) }, ...parts)
      : el("div", { class: "row" }, ...parts));
  }

  closed() {
    const key = this.thing && `${this.thing.kind} ${this.thing.entity_id}`;
    this.thing = null;
    if (key) this.body.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus();
  }
}

function shortId(one) {
  return one.entity_id.startsWith(`${one.organisation_code}/`)
    ? one.entity_id.slice(one.organisation_code.length + 1) : one.entity_id;
}

export default function (component) {
  return mounted(component, DueView);
}
