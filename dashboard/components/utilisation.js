// What was available, booked and really used; a row opens down to the bookings and sessions behind it.

const USE_FILTERS = { from: "", to: "", station: "", by: "bench", rank: "utilisation", heat: "used", settled: "open", bench: "",
  income: "", booking: "", request: "" };
const USE_GROUPS = ["bench", "station", "module", "organisation"];
const USE_RANKS = ["utilisation", "occupancy", "used", "no_shows", "coverage"];
const MONEY_RANK = "return_rate";
const LAST_WEEKS_DAYS = 28;
const LAST_DAYS = 7;
const MOST_DAY_BARS = 10;
const LOW_COVERAGE = 0.8;
// figures of weeks do not need to follow every change of the house
const USE_CALM_MS = 60_000;

class UtilisationView extends WorkView {
  constructor(root) {
    super(root);
    this.filters = { ...USE_FILTERS };
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    for (const name of Object.keys(USE_FILTERS)) if (asked[name]) this.filters[name] = asked[name];
    if (this.filters.bench) this.openBench(this.filters.bench);
    else if (this.filters.income === "new" && this.data.writes_income) this.openIncomeForm();
    else if (/^\d+$/.test(this.filters.income) && this.data.reads_income) this.openIncome(this.filters.income);
  }

  address() {
    const { filters } = this;
    return Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, value === USE_FILTERS[name] ? "" : value]));
  }

  set(values) {
    Object.assign(this.filters, values);
    this.refresh();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (document.hidden ? this.soon() : this.refresh()), USE_CALM_MS);
  }

  get station() {
    return this.data.stations.find((one) => one.code === this.filters.station);
  }

  get owner() {
    return (this.station ?? this.data.stations[0])?.organisation_code ?? this.data.me.organisation;
  }

  get span() {
    const to = this.filters.to || schoolDay(Date.now());
    return { from: this.filters.from || dayAfter(to, 1 - LAST_WEEKS_DAYS), to };
  }

  query(more = {}) {
    return new URLSearchParams({ ...this.span, ...(this.station && { station: this.station.code }), ...more });
  }

  reportQuery() {
    return this.query({ by: this.filters.by, rank: this.filters.rank });
  }

  async load() {
    const { api } = this.data;
    const asked = JSON.stringify(this.filters);
    const { from, to } = this.span;
    const every = dayAfter(from, MOST_DAY_BARS) > to ? "day" : "week";
    const calendar = getJson(`${api}/school-calendar?organisation=${encodeURIComponent(this.owner)}`);
    try {
      const [report, hours, trend, unbooked, { terms }, income] = await Promise.all([
        getJson(`${api}/utilisation/figures?${this.reportQuery()}`),
        getJson(`${api}/utilisation/hours?${this.query()}`),
        getJson(`${api}/utilisation/figures?${this.query({ by: "all", every })}`),
        getJson(`${api}/utilisation/unbooked?${this.unbookedQuery()}`),
        calendar,
        this.loadIncome(),
      ]);
      return () => asked === JSON.stringify(this.filters) && Object.assign(this, { report, hours, trend, unbooked, every, terms, income, isOdd: false });
    } catch (error) {
      if (!(error instanceof Refused) || ![404, 422].includes(error.status)) throw error;
      const { terms } = await calendar;
      return () => Object.assign(this, { terms, isOdd: true });
    }
  }

  render() {
    const { say, report } = this;
    if (this.isOdd) {
      fill(this.body, this.filterBar(), el("p", { class: "refused", role: "alert" }, say("use_rate.bad_days")));
      return;
    }
    if (!report.benches) {
      fill(this.body, this.filterBar(), el("div", { class: "empty" },
        el("p", {}, say("use_rate.none")), el("p", {}, say("use_rate.none_hint"))), this.incomeBox());
      return;
    }
    const { coverage } = report.total;
    fill(this.body, this.filterBar(),
      el("p", { class: "muted counted" }, say("use_rate.counted", { n: report.benches, from: report.first, to: report.last,
        until: schoolWords(this.data.lang, report.until, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }) })),
      coverage !== null && coverage < LOW_COVERAGE
        ? el("p", { class: "doubt" }, `! ${say("use_rate.low_coverage", { n: percent(coverage) })}`) : null,
      this.tiles(),
      el("div", { class: "two" }, this.heatBox(), this.trendBox()),
      this.rankingBox(),
      this.incomeBox(),
      this.unbookedBox());
  }

  filterBar() {
    const { say, data, filters } = this;
    const today = schoolDay(Date.now());
    const presets = [
      ["", "", say("use_rate.last_weeks")],
      [dayAfter(today, 1 - LAST_DAYS), today, say("use_rate.last_days")],
      ...(this.terms ?? []).filter((one) => one.first_day <= today).reverse().map((one) => [one.first_day, one.last_day, one.name]),
    ];
    const value = `${filters.from}/${filters.to}`;
    const options = presets.map(([from, to, words]) => [`${from}/${to}`, words]);
    if (!options.some(([key]) => key === value)) options.push([value, say("use_rate.own_days")]);
    const day = (name) => el("label", { class: "field" }, el("span", {}, say(`use_rate.${name}`)),
      el("input", { type: "date", value: this.span[name], "data-focus": name, required: true,
        onchange: (event) => event.target.value && this.set({ ...this.span, [name]: event.target.value }) }));
    const pick = (name, names) => choice(say(`use_rate.${name}`), names.map((one) => [one, say(`use_rate.${name}_${one}`)]),
      filters[name], (one) => this.set({ [name]: one }));
    return el("div", { class: "bar" },
      choice(say("use_rate.period"), options, value, (picked) => {
        const [from, to] = picked.split("/");
        this.set({ from, to });
      }), day("from"), day("to"),
      data.stations.length < 2 ? null : choice(say("stations.station"), [["", say("use_rate.all_stations")],
        ...data.stations.map((one) => [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`])], filters.station,
      (station) => this.set({ station })),
      pick("by", USE_GROUPS), pick("rank", data.reads_income ? [...USE_RANKS, MONEY_RANK] : USE_RANKS),
      el("a", { class: "plain file", href: `${data.api}/utilisation/figures/file?${this.reportQuery()}&format=xlsx`, download: true },
        `⇩ ${say("use_rate.export")}`));
  }

  tiles() {
    const { say, report: { total, modules_used: used, modules_offered: offered, functional } } = this;
    const share = (part, whole) => (whole > 0 ? percent(part / whole) : say("use_rate.unknown"));
    const tile = (name, value, note = {}) => el("div", { class: "tile", "data-tile": name },
      el("span", { class: "muted" }, say(`use_rate.${name}`)), el("strong", {}, value),
      el("span", { class: "small muted" }, say(`use_rate.${name}_note`, note)));
    return el("div", { class: "tiles" },
      tile("available", this.inHours(total.available_s), { n: hoursOf(total.opening_s) }),
      tile("occupancy", this.rate(total.occupancy), { n: hoursOf(total.booked_available_s) }),
      tile("utilisation", this.rate(total.utilisation), { n: hoursOf(total.used_available_s) }),
      tile("effective", this.inHours(total.effective_s), { n: hoursOf(total.maintenance_used_s) }),
      tile("no_shows", say("use_rate.times", { n: total.no_shows }), { n: hoursOf(total.no_show_s), all: total.bookings }),
      tile("unbooked", this.inHours(total.unbooked_used_s), { n: share(total.unbooked_used_s, total.used_s), known: hoursOf(this.unbooked.explained_s) }),
      tile("outside", this.inHours(total.outside_used_s), { n: this.rate(total.shared) }),
      tile("functional", this.rate(functional), { n: used, all: offered }),
      tile("coverage", this.rate(total.coverage)), ...this.moneyTiles());
  }

  rate(value) {
    return value === null ? this.say("use_rate.unknown") : percent(value);
  }

  inHours(seconds) {
    return this.say("use_rate.hours", { n: hoursOf(seconds) });
  }

  closed() {
    const { stretch } = this;
    if (stretch) {
      this.stretch = null;
      this.body.querySelector(`[data-focus="${CSS.escape(`stretch-${stretch.bench}-${stretch.start_at}`)}"]`)?.focus();
      return;
    }
    const { bench, income } = this.filters;
    Object.assign(this.filters, { bench: "", income: "", booking: "", request: "" });
    keepInAddress(this.address());
    this.body.querySelector(`[data-focus="${CSS.escape(income ? `income-${income}` : `row-${bench}`)}"]`)?.focus();
  }
}

Object.assign(UtilisationView.prototype, UseChartParts, UseBenchParts, UseUnbookedParts, UseIncomeParts);

export default function (component) {
  return mounted(component, UtilisationView);
}
