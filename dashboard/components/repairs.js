// Work orders as a board by state, the most severe first; one opens at the right with its history and
// the steps possible now, and so does a form to report what is broken.

const REPAIR_COLUMNS = [
  ["reported", ["reported"]],
  ["triaged", ["triaged"]],
  ["in_progress", ["in_progress"]],
  ["finished", ["done", "rejected"]],
];
const REPAIRS_FINISHED = 40;
const REPAIR_FILTERS = { station: "", whose: "", text: "", tab: "" };
const REPAIR_GLYPHS = { reported: "○", triaged: "◔", in_progress: "▶", done: "✓", rejected: "–" };
const REPAIR_KINDS = { reported: "open", triaged: "judge", in_progress: "doing", done: "good", rejected: "open" };
const REPAIR_DAY_MS = 86_400_000;
const REPORTED_WITHOUT_ACCOUNT = "public:report";

class RepairsView extends WorkView {
  constructor(root) {
    super(root);
    this.filters = { ...REPAIR_FILTERS };
    this.picked = new Set();
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    for (const name of Object.keys(REPAIR_FILTERS)) if (asked[name]) this.filters[name] = asked[name];
    if (!this.data.may_manage) this.filters.tab = "";
    if (asked.order) this.open(Number(asked.order));
  }

  address() {
    return { ...this.filters, order: this.id ? String(this.id) : "" };
  }

  async load() {
    const { api, may_manage: mayManage } = this.data;
    const path = `${api}/work-orders`;
    const [open, finished, benches, links] = await Promise.all([
      allPages(`${path}?unfinished=true`),
      getJson(`${path}?unfinished=false&limit=${REPAIRS_FINISHED}`),
      allPages(`${api}/benches`),
      mayManage ? allPages(`${api}/report-links`) : [],
    ]);
    return () => {
      this.orders = [...open, ...finished.items];
      this.finished = finished.total;
      this.benches = benches.filter((one) => one.organisation_code === this.data.me.organisation);
      this.benchNames = new Map(benches.map((one) => [one.code, one]));
      this.links = links;
      if (this.panel.isOpen && this.id) this.look();
    };
  }

  set(values) {
    Object.assign(this.filters, values);
    this.draw();
  }

  whoIs(who) {
    const { say } = this;
    if (who === REPORTED_WITHOUT_ACCOUNT) return say("repair.by_code");
    return who.startsWith("bench:") ? say("repair.by_bench", { code: who.slice("bench:".length) }) : who;
  }

  thingOf(one) {
    const bench = this.benchNames.get(one.bench_code);
    const name = bench ? inLanguage(this.data.lang, bench, "name") : "";
    return [one.bench_code, name, one.asset_number].filter(Boolean).join(" · ");
  }

  wanted() {
    const { station, whose, text } = this.filters;
    const sought = text.trim().toLowerCase();
    return this.orders.filter((one) => {
      if (station && one.station_code !== station) return false;
      if (whose === "mine" && one.owner !== this.data.me.username) return false;
      if (whose === "nobody" && one.owner) return false;
      if (whose === "overdue" && !one.is_overdue) return false;
      if (whose === "blocking" && !one.blocking_since) return false;
      const words = `${one.id} ${this.thingOf(one)} ${one.text} ${one.fault?.dtc ?? ""} ${one.owner ?? ""}`;
      return !sought || words.toLowerCase().includes(sought);
    });
  }

  render() {
    const { say, data, filters } = this;
    const tabs = ["", "codes"].map((one) => [one, say(`repair.tab_${one || "board"}`)]);
    const head = el("div", { class: "bar" },
      data.may_manage
        ? segments(say("repair.tab"), tabs, filters.tab, (tab) => this.set({ tab })) : null,
      data.may_report ? el("button", { type: "button", class: "main", "data-focus": "report",
        onclick: () => this.askForReport() }, `＋ ${say("repair.report")}`) : null);
    if (filters.tab === "codes") fill(this.body, head, this.codes());
    else fill(this.body, head, ...this.boardParts());
  }

  boardParts() {
    const { say } = this;
    if (!this.orders.length) {
      return [el("div", { class: "empty" }, el("p", {}, say("repair.none")), el("p", {}, say("repair.none_hint")))];
    }
    const found = this.wanted();
    const reset = { ...REPAIR_FILTERS };
    return [this.filterBar(), found.length ? this.board(found)
      : el("div", { class: "empty" }, el("p", {}, say("repair.none_of_filter")),
        el("button", { type: "button", class: "plain", "data-focus": "reset",
          onclick: () => this.set(reset) }, say("gaps.reset")))];
  }

  filterBar() {
    const { say, data, filters } = this;
    const counts = {
      overdue: this.orders.filter((one) => one.is_overdue).length,
      blocking: this.orders.filter((one) => one.blocking_since).length,
    };
    const whose = ["", "mine", "nobody", "overdue", "blocking"].map((one) => {
      const words = one === "blocking" ? "repair.whose_blocking" : `task.whose_${one || "all"}`;
      return [one, say(words, { n: counts[one] ?? 0 })];
    });
    return el("div", { class: "bar" },
      segments(say("task.whose"), whose, filters.whose, (picked) => this.set({ whose: picked })),
      data.stations.length > 1
        ? choice(say("stations.station"), [["", say("gaps.all")], ...data.stations.map((one) =>
          [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`])], filters.station,
        (station) => this.set({ station })) : null,
      el("input", {
        type: "search", placeholder: say("repair.search"), "aria-label": say("repair.search"),
        value: filters.text, "data-focus": "search",
        oninput: (event) => this.set({ text: event.target.value }),
      }));
  }

  board(found) {
    const { say } = this;
    const weight = (one) => (one.blocking_since ? 10 : 0) + (one.fault?.severity ?? 0);
    return el("div", { class: "board" }, ...REPAIR_COLUMNS.map(([name, states]) => {
      const its = found.filter((one) => states.includes(one.state));
      if (name !== "finished") {
        its.sort((a, b) => weight(b) - weight(a) || a.opened_at.localeCompare(b.opened_at));
      }
      return el("section", { "data-column": name },
        el("h3", {}, say(`repair.column_${name}`), el("span", { class: "muted count" },
          name === "finished" && this.finished > REPAIRS_FINISHED ? `${its.length} / ${this.finished}` : its.length)),
        ...(its.length ? its.map((one) => this.card(one))
          : [el("p", { class: "muted small" }, say("task.column_empty"))]));
    }));
  }

  dueMark(one) {
    const { say } = this;
    if (!one.due_on) return el("span", { class: "muted" }, say("task.no_due"));
    if (!one.is_overdue) return el("span", {}, say("task.due_is", { day: one.due_on }));
    const late = Math.max(1, Math.floor((Date.now() - Date.parse(one.due_on)) / REPAIR_DAY_MS));
    return el("span", { class: "late" }, `! ${say("task.overdue", { day: one.due_on, n: late })}`);
  }

  stateMark(one) {
    return el("span", { class: `chip t-${REPAIR_KINDS[one.state]}` },
      `${REPAIR_GLYPHS[one.state]} ${this.say(`repair_state.${one.state}`)}`);
  }

  ageOf(one) {
    const { say } = this;
    const until = one.finished_at ? Date.parse(one.finished_at) : Date.now();
    const age = span(say, (until - Date.parse(one.opened_at)) / 1000);
    return say(one.finished_at ? "repair.took" : "repair.age", { age });
  }

  marks(one) {
    const { say } = this;
    const severity = one.fault?.severity;
    return [
      one.blocking_since ? el("span", { class: "chip t-back" }, `✕ ${say("repair.out_of_use")}`) : null,
      severity ? el("span", { class: `chip ${severity >= 3 ? "t-back" : "t-judge"}` },
        say("finding.severity", { n: severity })) : null,
      one.awaits_confirmation ? el("span", { class: "chip t-good" }, say("repair.gone_short")) : null,
      one.times > 1 ? el("span", { class: "chip" }, say("task.times", { n: one.times })) : null,
    ];
  }

  card(one) {
    const { say } = this;
    return el("button", {
      type: "button", class: `card ${one.is_overdue ? "overdue" : ""}`, "data-order": one.id,
      "data-focus": `order-${one.id}`, onclick: () => this.open(one.id),
    },
    el("span", { class: "top" }, this.stateMark(one), ...this.marks(one)),
    el("strong", { class: "text" }, one.text),
    el("span", { class: "small" }, this.thingOf(one)),
    el("span", { class: "small muted" },
      [one.station_code, this.ageOf(one), this.whoIs(one.reported_by)].filter(Boolean).join(" · ")),
    el("span", { class: "small foot" }, el("span", {}, one.owner ?? say("task.nobody")),
      one.finished_at ? null : this.dueMark(one)));
  }

  closed() {
    const id = this.id;
    this.id = null;
    keepInAddress(this.address());
    this.body.querySelector(id ? `[data-order="${id}"]` : '[data-focus="report"]')?.focus();
  }
}

export default function (component) {
  return mounted(component, RepairsView);
}
