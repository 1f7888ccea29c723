// A bench as it is now: rows and pulses come as server-sent events into this one component.

const FRESH_S = 3;
const DRAW_EVERY_MS = 100;
const RENEW_AT_MOST_EVERY_MS = 3000;

class LiveView {
  constructor(root) {
    this.root = root;
    this.link = "connecting";
    this.values = {};
    this.draw = this.draw.bind(this);
    this.timer = setInterval(() => requestAnimationFrame(this.draw), DRAW_EVERY_MS);
    this.slow = setInterval(() => this.fillSlow(), 500);
  }

  update(data, component) {
    const isSame = this.data && this.data.lang === data.lang && this.data.bench.code === data.bench.code;
    this.component = component;
    if (isSame) return;
    this.data = data;
    this.say = speaker(data.texts);
    this.bench = data.bench;
    this.details = data.bench.details;
    this.pulse = this.details.pulse;
    this.shift = Date.parse(this.pulse.at) - Date.now();
    this.build();
    if (this.details.latest) this.take(this.details.latest);
    this.showPulse();
    this.connect();
  }

  destroy() {
    this.stop?.();
    clearInterval(this.timer);
    clearInterval(this.slow);
  }

  connect() {
    this.stop?.();
    const code = encodeURIComponent(this.bench.code);
    this.path = `${this.data.api}/benches/${code}`;
    this.stop = listen(
      `${this.path}/live`,
      {
        open: () => this.opened(),
        row: (row) => this.take(row),
        state: (pulse) => this.beat(pulse),
        unavailable: () => (this.link = "unavailable"),
      },
      () => (this.link = "reconnecting"),
    );
  }

  async opened() {
    this.link = "open";
    const end = new Date(this.benchNow() * 1000 + 1000);
    const query = new URLSearchParams({
      from: new Date(end - (WINDOW_S + 2) * 1000).toISOString(), to: end.toISOString(), points: 600,
    });
    for (const chart of this.charts) query.append("signal", chart.signal.name);
    if (!this.charts.length) return;
    try {
      const { series } = await getJson(`${this.path}/signals?${query}`);
      for (const chart of this.charts) this.history(chart, series);
    } catch {
      // the charts then begin with the live rows
    }
  }

  history(chart, series) {
    const known = series.find((one) => one.name === chart.signal.name);
    if (!known) return;
    const later = chart.points;
    chart.reset();
    known.at.forEach((at, place) =>
      chart.add(Date.parse(at) / 1000, chart.signal.scaled(known.last[place])));
    const end = chart.points.at(-1)?.at ?? -Infinity;
    chart.points.push(...later.filter((point) => point.at > end));
  }

  serverNow() {
    return (Date.now() + this.shift) / 1000;
  }

  // The bench's clock may differ from the server's: the axis follows the bench's.
  benchNow() {
    return this.serverNow() + (this.skew ?? 0);
  }

  take(row) {
    const observed = Date.parse(row.observed_at) / 1000;
    const received = Date.parse(row.received_at) / 1000;
    const skew = observed - received;
    const isJump = this.skew === undefined || Math.abs(skew - this.skew) > 2;
    this.skew = isJump ? skew : this.skew + 0.05 * (skew - this.skew);
    this.receivedAt = received;
    this.values = row.values;
    for (const chart of this.charts) {
      chart.add(observed, chart.signal.scaled(row.values[chart.signal.name] ?? null));
    }
    this.hasNews = true;
    if (this.link !== "connecting") this.link = "open";
    if (Object.keys(row.values).some((name) => !this.named.has(name))) this.renew();
  }

  // A bench that was born, or born again with other signals, while somebody watched.
  async renew() {
    if (this.isRenewing) return;
    this.isRenewing = true;
    try {
      const bench = await getJson(this.path);
      if (bench.code !== this.bench.code || !bench.details) return;
      this.bench = bench;
      this.details = bench.details;
      this.build();
      this.showPulse();
      await this.opened();
    } catch {
      // the next row asks again
    } finally {
      setTimeout(() => (this.isRenewing = false), RENEW_AT_MOST_EVERY_MS);
    }
  }

  beat(pulse) {
    this.link = "open";
    this.pulse = pulse;
    this.shift = Date.parse(pulse.at) - Date.now();
    this.showPulse();
  }

  build() {
    const { say, data, details } = this;
    const signals = details.signals.map((info) => [info, signalView(info, data.lang, say)]);
    this.named = new Set(details.signals.map((info) => info.name));
    const headline = signals.filter(([info]) => info.headline).map(([, view]) => view);
    const first = headline.length ? headline : signals.slice(0, 6).map(([, view]) => view);
    const others = signals.map(([, view]) => view).filter((view) => !first.includes(view));
    this.cards = first.map((signal) => this.card(signal));
    this.charts = first.map((signal, place) => new Chart(signal, place, say, signal.title));
    this.table = new SignalTable(others, say);
    this.state = el("span", { class: "pill state", role: "status" });
    this.use = el("span");
    this.meta = el("span", { class: "muted small meta" });
    this.alertBox = el("section", { class: "alerts", "aria-live": "polite" });
    this.alertKey = null;
    this.faultKey = null;
    this.faults = el("section", { class: "faults", "aria-live": "polite" });
    this.usage = el("div");
    this.facts = el("dl", { class: "facts" });
    this.buses = el("section", { class: "panel buses", hidden: true });
    const kind = details.identity?.kind;
    const identity = kind
      ? [el("span", { class: kind === "hardware" ? "tag" : "tag demo" }, say(`identity.${kind}`)),
        el("span", { class: "muted small" }, say(`identity_note.${kind}`))]
      : [];
    this.root.replaceChildren(
      el("div", { class: "top" }, this.state, this.use, ...identity, this.meta),
      this.alertBox,
      this.faults,
      first.length
        ? el("div", { class: "cards" }, ...this.cards.map((card) => card.node))
        : el("div", { class: "empty" }, el("p", {}, say("live.no_signals"))),
      el("div", { class: `charts ${first.length % 4 && first.length < 7 ? "" : "four"}`, "aria-label": say("live.charts") },
        ...this.charts.map((chart) => chart.node)),
      this.buses,
      el("div", { class: "panels" },
        el("section", { class: "panel" }, el("h3", {}, say("live.usage")), this.usage),
        el("section", { class: "panel" }, el("h3", {}, say("live.facts")), this.facts)),
      this.table.node,
    );
  }

  card(signal) {
    const { say } = this;
    const value = el("span", { class: "number" }, "—");
    const range = el("div", { class: "range" });
    const hasRange = signal.minimum !== null && signal.maximum !== null;
    const ends = hasRange ? { a: figure(signal.minimum), b: figure(signal.maximum) } : {};
    const node = el(
      "div",
      { class: "card", "data-signal": signal.name },
      el("div", { class: "label" }, signal.title),
      el("div", { class: "value" }, value, el("span", { class: "unit" }, signal.unit_shown)),
      range,
    );
    const fill = (raw) => {
      const text = signal.text(raw);
      if (value.textContent !== text) value.textContent = text;
      const isOut = isOutside(signal, raw);
      node.classList.toggle("outside", isOut);
      const key = isOut ? "live.out_of_range" : hasRange ? "live.range" : "live.no_range";
      const words = raw === null ? say("live.no_value") : signal.isStepped ? "" : say(key, ends);
      if (range.textContent !== words) range.textContent = words;
    };
    return { signal, node, fill };
  }

  draw() {
    if (!this.data || document.hidden) return;
    this.showState();
    const now = this.benchNow();
    const period = (this.details.publish_period_ms ?? 100) / 1000;
    const gapAfterS = Math.max(1.5, period * 4);
    if (this.hasNews) {
      for (const card of this.cards) card.fill(this.values[card.signal.name] ?? null);
      this.hasNews = false;
    }
    for (const chart of this.charts) {
      const value = chart.signal.text(this.values[chart.signal.name] ?? null);
      const text = this.say("live.chart", { name: chart.name, value });
      chart.draw(now, gapAfterS, text);
    }
  }

  showState() {
    const { say } = this;
    const period = (this.details.publish_period_ms ?? 100) / 1000;
    const age = this.receivedAt === undefined ? null : Math.max(0, this.serverNow() - this.receivedAt);
    let kind = "s-not";
    let text = say("live.never");
    if (this.link === "connecting" && age === null) {
      kind = "s-off";
      text = say("live.connecting");
    } else if (this.link === "unavailable") text = say("live.unavailable");
    else if (this.link === "reconnecting") text = say("live.reconnecting");
    else if (age !== null && age > Math.max(FRESH_S, period * 3)) {
      text = say("live.broken", { span: span(say, age) });
    } else if (age !== null) {
      kind = "s-ready fill";
      text = `${say("live.ok")} · ${say("live.age", { n: age.toFixed(1) })}`;
    }
    const glyph = { "s-not": "✕", "s-off": "○" }[kind] ?? "✓";
    this.state.className = `pill state ${kind}`;
    this.root.classList.toggle("old", kind === "s-not" || kind === "s-off");
    // what it was used for before it fell silent is not what it is used for now
    this.use.hidden = kind === "s-not";
    const whole = `${glyph} ${text}`;
    if (this.state.textContent !== whole) this.state.textContent = whole;
  }

  fillSlow() {
    if (!this.data) return;
    this.table.fill(this.values);
    this.showUsage();
  }
}

export default function (component) {
  return mounted(component, LiveView);
}
