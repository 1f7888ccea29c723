// Bookings: the week of every rig, what is free, my own, and what awaits a yes; one booking, or the
// form for a new one, opens at the right.

const BOOKING_FILTERS = { station: "", week: "", tab: "", text: "", day: "" };
const PAST_DAYS = 30;

class BookingsView extends WorkView {
  constructor(root) {
    super(root);
    this.filters = { ...BOOKING_FILTERS };
    // a link may open a booking before the rest of the page is there
    Object.assign(this, { mine: [], swaps: [], affected: [], requested: [] });
    this.narrow = window.matchMedia(NARROW);
    this.redraw = () => this.hasLoaded && this.draw();
    this.narrow.addEventListener("change", this.redraw);
  }

  destroy() {
    this.narrow.removeEventListener("change", this.redraw);
    super.destroy();
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    for (const name of Object.keys(BOOKING_FILTERS)) if (asked[name]) this.filters[name] = asked[name];
    if (asked.booking) this.open(Number(asked.booking));
  }

  ownStation() {
    const { stations, me } = this.data;
    return stations.find((one) => one.organisation_code === me.organisation) ?? stations[0];
  }

  get station() {
    return this.data.stations.find((one) => one.code === this.filters.station);
  }

  // whose calendar and rooms are meant
  get owner() {
    return (this.station ?? this.ownStation())?.organisation_code ?? this.data.me.organisation;
  }

  address() {
    return { ...this.filters, booking: this.id ? String(this.id) : "" };
  }

  set(values) {
    if ("tab" in values) this.done = null;
    Object.assign(this.filters, values);
    this.draw();
  }

  // What an act did stays told where it was done, until the next one: the page loads again by itself.
  finished(words) {
    this.done = { words, isInPanel: this.panel.isOpen };
    this.tell(words);
  }

  doneLine(isInPanel) {
    if (!this.done || this.done.isInPanel !== isInPanel) return null;
    return el("p", { class: "done", role: "status", "data-part": "done" }, this.done.words);
  }

  // what has to be asked for anew
  see(values) {
    Object.assign(this.filters, values);
    this.refresh();
  }

  get monday() {
    return mondayOf(this.filters.week || schoolDay(Date.now()));
  }

  async load() {
    const { api, may_approve: mayApprove } = this.data;
    const { monday } = this;
    const station = this.station?.code ?? "";
    const asked = new URLSearchParams({ from: monday, ...(station && { station }) });
    const days = new URLSearchParams({ from: monday, to: dayAfter(monday, WEEK_DAYS - 1), organisation: this.owner, station });
    const since = new Date(Date.now() - PAST_DAYS * DAY_MINUTES * MINUTE_MS).toISOString();
    const [week, calendar, benches, mine, requested] = await Promise.all([
      getJson(`${api}/bookings/week?${asked}`),
      getJson(`${api}/school-calendar/calendar-days?${days}`),
      allPages(`${api}/benches`),
      allPages(`${api}/bookings?mine=true&from=${encodeURIComponent(since)}`),
      mayApprove ? allPages(`${api}/bookings?state=requested`) : [],
    ]);
    const [swaps, affected] = await Promise.all([this.loadSwaps(), this.loadAffected()]);
    return () => {
      if (monday !== this.monday || station !== (this.station?.code ?? "")) return;
      this.week = week;
      this.shape = new WeekShape(week, calendar);
      this.benches = new Map(benches.map((one) => [`bench:${one.organisation_code}/${one.code}`, one]));
      this.mine = mine;
      this.swaps = swaps;
      this.affected = affected;
      this.requested = requested.filter((one) => one.organisation_code === this.data.me.organisation);
      if (this.panel.isOpen && this.id) this.look();
    };
  }

  render() {
    const { say, data, filters } = this;
    const tabs = ["", "free", "mine", ...(data.may_approve ? ["approve"] : [])].map((one) =>
      [one, say(`booking.tab_${one || "week"}`, { n: this.requested.length })
        + (one === "mine" && this.affected.length ? ` · ${say("booking.affected_n", { n: this.affected.length })}` : "")]);
    const head = el("div", { class: "bar" },
      segments(say("booking.tab"), tabs, filters.tab, (tab) => this.set({ tab })),
      data.may_book ? el("button", { type: "button", class: "main", "data-focus": "new",
        onclick: () => this.askFor({ keys: [] }) }, `＋ ${say("booking.new")}`) : null);
    const parts = { free: () => this.freeParts(), mine: () => this.mineParts(), approve: () => this.approveParts() };
    fill(this.body, head, this.doneLine(false), ...(parts[filters.tab] ?? (() => this.weekParts()))());
  }

  closed() {
    const id = this.id;
    this.id = null;
    this.form = null;
    this.done = null;
    keepInAddress(this.address());
    const again = id ? `[data-booking="${id}"]` : `[data-focus="${CSS.escape(this.cameFrom ?? "new")}"]`;
    this.body.querySelector(again)?.focus();
  }
}

Object.assign(BookingsView.prototype, WeekGridParts, BookingFormParts, BookingPanelParts, OwnBookingsParts, RigTroubleParts, InsteadParts,
  FreeSearchParts);

export default function (component) {
  return mounted(component, BookingsView);
}
