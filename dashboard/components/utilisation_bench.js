// What the figures of one bench are made of: bookings held against use, and the sessions measured.

const USE_LINES = 30;
const OUTCOME_MARKS = { ahead: ["○", "na"], used: ["✓", "ready"], no_show: ["✕", "not"], unmeasured: ["?", "unknown"] };

const UseBenchParts = {
  async openBench(code) {
    Object.assign(this.filters, { bench: code, income: "" });
    this.most = { bookings: USE_LINES, sessions: USE_LINES };
    this.panel.show(this.say, code, null, skeleton(8));
    keepInAddress(this.address());
    try {
      const found = await getJson(`${this.data.api}/utilisation/benches/${encodeURIComponent(code)}?${new URLSearchParams(this.span)}`);
      if (this.filters.bench === code) this.showBench(found);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      if (this.panel.isOpen) this.panel.show(this.say, code, null, el("p", { class: "refused", role: "alert" }, this.say("trouble.details")));
    }
  },

  showBench(found) {
    const { say, panel } = this;
    const f = found.figures;
    const fact = (name, value) => [el("dt", {}, say(`use_rate.${name}`)), el("dd", {}, value)];
    const again = () => this.showBench(found);
    panel.show(say, found.bench, el("p", { class: "muted" }, `${found.first} – ${found.last}`),
      el("dl", { class: "facts" }, ...fact("available", this.inHours(f.available_s)),
        ...fact("occupancy", `${this.rate(f.occupancy)} · ${say("use_rate.occupancy_note", { n: hoursOf(f.booked_available_s) })}`),
        ...fact("utilisation", `${this.rate(f.utilisation)} · ${say("use_rate.utilisation_note", { n: hoursOf(f.used_available_s) })}`),
        ...fact("coverage", this.rate(f.coverage))),
      this.benchIncome(found),
      this.linesOf("bookings", found.bookings, found.booking_total, (one) => this.bookedLine(one), again),
      this.linesOf("sessions", found.usage_sessions, found.usage_session_total, (one) => this.sessionLine(found.bench, one), again));
  },

  linesOf(name, items, total, line, again) {
    const { say } = this;
    const shown = items.slice(0, this.most[name]);
    const left = items.length - shown.length;
    return el("section", { "data-part": name }, el("h3", {}, say(`use_rate.${name}`, { n: shown.length, all: total })),
      shown.length ? el("ul", { class: "lines" }, ...shown.map(line)) : el("p", { class: "muted" }, say(`use_rate.no_${name}`)),
      left > 0 ? el("button", { type: "button", class: "plain", "data-focus": `more-${name}`,
        onclick: () => { this.most[name] += USE_LINES; again(); } }, say("use_rate.show_more", { n: Math.min(USE_LINES, left) })) : null);
  },

  bookedLine(one) {
    const { say, data } = this;
    const [glyph, kind] = OUTCOME_MARKS[one.outcome];
    const times = [["was_used", one.used_s], ["came_early", one.before_s], ["ran_over", one.after_s]]
      .filter(([, seconds]) => seconds > 0).map(([name, seconds]) => say(`use_rate.${name}`, { n: span(say, seconds) }));
    if (one.outcome === "unmeasured") times.push(say("use_rate.is_heard", { n: span(say, one.heard_s) }));
    return el("li", { "data-outcome": one.outcome },
      el("div", { class: "topline" }, pill(kind, glyph, say(`use_outcome.${one.outcome}`)),
        innerLink(this.component, "bookings", { booking: String(one.booking_id), ...data.keep }, one.title || say(`purpose.${one.purpose}`))),
      el("div", {}, spanWords(data.lang, one.start_at, one.end_at)),
      el("div", { class: "small muted" }, [say(`purpose.${one.purpose}`), one.holder, one.requester_organisation_code, ...times].join(" · ")));
  },

  sessionLine(bench, one) {
    const { say, data } = this;
    const seconds = (Date.parse(one.end_at) - Date.parse(one.start_at)) / 1000;
    return el("li", {},
      el("div", { class: "topline" }, el("span", {}, spanWords(data.lang, one.start_at, one.end_at)),
        one.is_open ? el("span", { class: "chip" }, say("use_rate.goes_on")) : null,
        one.booking_ids.length ? null : el("span", { class: "chip" }, say("use_rate.is_unbooked"))),
      el("div", { class: "small" }, `${span(say, seconds)} · `,
        innerLink(this.component, "history", { bench, from: one.start_at, to: one.end_at, ...data.keep }, say("use_rate.to_history"))));
  },
};
