// Whether anything of the benches' data is lost, and where it is late; it keeps itself up to date.

const LOOK_EVERY_MS = 5000;
const NARROW_PX = 1000;
const STATE_ORDER = ["trouble", "notice", "unknown", "ok"];
const STATE_KINDS = { ok: "ready", notice: "advice", trouble: "not", unknown: "off" };

const whole = (n) => n.toLocaleString("en-US");

// What a column is sorted by: the worst first, what is not known last.
const HEALTH_COLUMNS = [
  ["state", (one) => -STATE_ORDER.indexOf(one.state) * 100 + one.reasons.length],
  ["bench", (one) => one.code],
  ["seen", (one) => (one.last_seen_at ? -Date.parse(one.last_seen_at) : -Infinity)],
  ["rows", (one) => one.expected - one.rows],
  ["gap", (one) => one.gap_s],
  ["delay", (one) => one.delay_p99_s ?? -1],
  ["spool", (one) => one.spool_rows],
  ["missing", (one) => one.missing],
  ["lost", (one) => one.dropped + one.expired],
  ["odd", (one) => one.rejected + one.quarantined],
  ["resends", (one) => one.resends],
  ["clock", (one) => Math.abs(one.clock_offset_s ?? 0)],
];

class HealthView {
  constructor(root) {
    this.root = root;
    this.top = el("div");
    this.alerts = el("section", { class: "alerts", "aria-live": "polite" });
    this.body = el("div");
    root.append(this.top, this.alerts, this.body);
    this.sorted = "state";
    this.timer = setInterval(() => document.hidden || this.refresh(), LOOK_EVERY_MS);
    this.observer = new ResizeObserver(() => {
      const isNarrow = this.root.clientWidth < NARROW_PX;
      if (isNarrow !== this.isNarrow && this.data) this.render();
    });
    this.observer.observe(root);
  }

  update(data, component) {
    this.component = component;
    const isNew = data.loaded_at !== this.data?.loaded_at || data.lang !== this.data?.lang;
    this.data = isNew ? { ...data } : { ...data, health: this.data.health, listed: this.data.listed };
    if (isNew) this.brokenSince = data.stale_since;
    this.say = speaker(data.texts);
    this.render();
    const url = `${data.api}/changes`;
    if (this.url !== url) {
      this.url = url;
      this.stop?.();
      this.stop = listen(url, { changed: () => this.refresh() }, () => this.broke());
    }
  }

  destroy() {
    this.stop?.();
    clearInterval(this.timer);
    this.observer.disconnect();
  }

  broke() {
    if (this.brokenSince) return;
    this.brokenSince = this.data.health.at;
    this.render();
  }

  async refresh() {
    if (this.isLoading) return;
    this.isLoading = true;
    const { api } = this.data;
    try {
      const [health, alerts] = await Promise.all([
        getJson(`${api}/data-health`), getJson(`${api}/alerts?limit=50`),
      ]);
      this.brokenSince = null;
      Object.assign(this.data, { health, listed: alerts.items });
      this.render();
    } catch {
      this.broke();
    } finally {
      this.isLoading = false;
    }
  }

  render() {
    const { say, data } = this;
    this.isNarrow = this.root.clientWidth < NARROW_PX;
    const trouble = this.brokenSince
      ? troubleBar(say, data.lang, { since: this.brokenSince, onRetry: () => this.refresh() })
      : null;
    fill(this.top, trouble, this.figures());
    this.showAlerts();
    const focused = this.root.getRootNode().activeElement?.dataset?.sort;
    const benches = [...data.health.benches];
    const [, value] = HEALTH_COLUMNS.find(([name]) => name === this.sorted);
    if (this.sorted === "bench") benches.sort((a, b) => a.code.localeCompare(b.code));
    else benches.sort((a, b) => value(b) - value(a) || a.code.localeCompare(b.code));
    fill(
      this.body,
      el("div", { class: "title" },
        el("h2", {}, say("health.benches")),
        el("span", { class: "muted small" }, say("health.since_midnight", { day: data.health.day }))),
      benches.length ? null : this.empty(),
      benches.length && this.isNarrow ? this.cards(benches) : null,
      benches.length && !this.isNarrow ? this.table(benches) : null,
      this.explanation(),
    );
    if (focused) this.body.querySelector(`[data-sort="${CSS.escape(focused)}"]`)?.focus();
  }

  empty() {
    return el("div", { class: "empty" },
      el("p", {}, this.say("health.none")), el("p", {}, this.say("health.none_hint")));
  }

  figures() {
    const { say, data } = this;
    const { health, listed } = data;
    const fresh = listed.filter((one) => !one.closed_at && !one.acknowledged_at).length;
    const lostNote = [
      say(health.lost_today ? "health.lost_some" : "health.lost_none"),
      health.unreadable_today ? say("health.unreadable", { n: whole(health.unreadable_today) }) : "",
    ].filter(Boolean).join(data.lang === "en" ? ", " : "，");
    const lostGlyph = health.lost_today ? "✕" : health.unreadable_today ? "!" : "✓";
    const { state, age_s: age } = health.ingest;
    return el(
      "div",
      { class: "figures" },
      this.figure("health.lost", lostGlyph, whole(health.lost_today), lostNote, health.lost_today > 0),
      this.figure("health.missing", health.missing ? "!" : "✓", whole(health.missing),
        say(health.missing ? "health.missing_some" : "health.missing_none")),
      this.figure("health.ingest", state === "ok" ? "✓" : "✕", say(`ingest.${state}`),
        age === null ? "" : say("health.ingest_age", { span: span(say, age) }), state !== "ok"),
      this.figure("health.alerts", health.open_alerts ? "✕" : "✓", whole(health.open_alerts),
        !health.open_alerts ? say("health.alerts_none")
          : fresh ? say("health.alerts_new", { n: fresh }) : say("health.alerts_seen"), fresh > 0),
    );
  }

  figure(key, glyph, value, note, isBad) {
    return el(
      "div",
      { class: `figure ${isBad ? "bad" : ""}`, "data-figure": key },
      el("div", { class: "label" }, this.say(key)),
      el("div", { class: "value" }, el("span", { class: "glyph", "aria-hidden": "true" }, glyph), value),
      el("div", { class: "note" }, note),
    );
  }

  explanation() {
    const { say } = this;
    const lines = ["explain_gap", "explain_delay", "explain_lost"];
    return el("details", { class: "explain", open: this.isExplained, ontoggle: (event) => {
      this.isExplained = event.target.open;
    } },
    el("summary", {}, say("health.explain")),
    ...lines.map((line) => el("p", { class: "small" }, say(`health.${line}`))));
  }
}

export default function (component) {
  return mounted(component, HealthView);
}
