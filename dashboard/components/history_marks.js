// Below the charts: faults and use on the same axis of time, both as lists, and use per day.

const DAYS_SHOWN = 14;
const DAY_S = 86400;
const BAR_PX = 108;

const MarkParts = {
  showTimeline(timeline) {
    const { say } = this;
    const faults = timeline.faults.map((one) => ({ ...one, kind: `severity-${Math.min(one.severity, 4)}` }));
    const use = timeline.usage_sessions.map((one) => ({ ...one, kind: "use" }));
    fill(this.marks,
      this.strip(say("history.faults"), faults, (one) => this.faultText(one)),
      this.strip(say("history.use"), use, (one) => this.spanText(one)));
    fill(this.lists,
      this.listing("fault", faults, timeline.fault_total, (one) => [
        pill(one.is_blocking ? "not" : "advice", "", say("history.severity", { n: one.severity })),
        el("code", {}, one.dtc),
        el("span", {}, inLanguage(this.data.lang, one, "text")),
        el("span", { class: "muted" }, this.spanText(one)),
      ]),
      this.listing("use", use, timeline.usage_session_total, (one) => [
        el("span", {}, this.spanText(one)),
        el("span", { class: "muted" }, span(say, (this.endOf(one) - Date.parse(one.start)) / 1000)),
      ]));
  },

  endOf(one) {
    return one.end ? Date.parse(one.end) : Math.max(Date.now(), Date.parse(one.start));
  },

  spanText(one) {
    const until = one.end ? dateAndTime(this.data.lang, Date.parse(one.end)) : this.say("history.still");
    return `${dateAndTime(this.data.lang, Date.parse(one.start))} – ${until}`;
  },

  faultText(one) {
    return `${one.dtc} ${inLanguage(this.data.lang, one, "text")} · ${this.spanText(one)}`;
  },

  strip(name, intervals, text) {
    const { start, end } = this.range;
    const share = (ms) => Math.min(Math.max((ms - start) / (end - start), 0), 1);
    const bars = intervals.map((one) => {
      const [from, to] = [share(Date.parse(one.start)), share(this.endOf(one))];
      return el("div", {
        class: `mark ${one.kind}`,
        style: `left: ${100 * from}%; width: ${100 * (to - from)}%`,
        title: text(one),
      });
    });
    return el("div", { class: "strip", "aria-hidden": "true" },
      el("span", { class: "name" }, name), el("div", { class: "track" }, ...bars));
  },

  listing(kind, items, total, cells) {
    const { say } = this;
    const none = kind === "fault" ? "history.no_faults" : "history.no_use";
    if (!items.length) return el("p", { class: "muted small none" }, say(none));
    const rest = total > items.length ? say("history.newest", { n: items.length }) : null;
    const was = this.opened ??= {};
    const node = el("details", { class: "panel", open: was[kind], ontoggle: () => (was[kind] = node.open) },
      el("summary", {}, say(kind === "fault" ? "history.fault_list" : "history.use_list", { n: total })),
      el("ul", {}, ...[...items].reverse().map((one) => el("li", {}, ...cells(one)))),
      rest ? el("p", { class: "muted small" }, rest) : null);
    return node;
  },

  showUtilisation(days) {
    const { say } = this;
    const most = Math.max(...days.map((one) => one.used_s), 3600);
    const hasUse = days.some((one) => one.used_s > 0 || one.usage_sessions > 0);
    const bars = days.map((one) => {
      const [, month, day] = one.day.split("-").map(Number);
      const text = say("history.used", {
        day: one.day, span: span(say, one.used_s), n: one.usage_sessions });
      return el("div", { class: "day", title: text, role: "img", "aria-label": text },
        el("span", { class: "figure" }, one.used_s ? this.shortSpan(one.used_s) : ""),
        el("div", { class: "bar", style: `height: ${(BAR_PX * one.used_s) / most}px` }),
        el("span", { class: "muted" }, `${month}/${day}`));
    });
    fill(this.utilisation,
      el("h3", {}, say("history.utilisation")),
      el("p", { class: "muted small" }, say("history.utilisation_hint")),
      hasUse ? el("div", { class: "days" }, ...bars)
        : el("p", { class: "muted none" }, say("history.used_none")));
  },

  shortSpan(seconds) {
    if (seconds < 3600) return this.say("history.minutes", { n: Math.max(1, Math.round(seconds / 60)) });
    return this.say("history.hours", { n: (seconds / 3600).toFixed(1) });
  },

  utilisationQuery() {
    // days are China's, wherever the reader is
    const china = (ms) => new Date(ms + 8 * 3600 * 1000).toISOString().slice(0, 10);
    const now = Date.now();
    return new URLSearchParams({
      bench: this.code, from: china(now - (DAYS_SHOWN - 1) * DAY_S * 1000), to: china(now) });
  },
};

Object.assign(HistoryView.prototype, MarkParts);
