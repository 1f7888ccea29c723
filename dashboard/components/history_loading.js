// How the history page gets its data and shows that it has them, waits, or can't.

const LoadingParts = {
  async load() {
    if (!this.signals.size) return;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.root.classList.add("busy");
    const { start, end } = this.span();
    const points = Math.max(60, Math.min(MOST_POINTS, Math.round((this.root.clientWidth || 900) / 2)));
    const range = { start, end, isRelative: Boolean(this.other) };
    range.gapMs = Math.max((GAP_BUCKETS * (end - start)) / points, this.slowestMs());
    try {
      const [values, timeline, use] = await this.answers(range, points);
      // a slow answer to a former question must not replace a later one's
      if (turn !== this.turn) return;
      this.range = range;
      this.showCharts(values);
      this.showTimeline(timeline);
      this.showUtilisation(use.days);
      fill(this.trouble);
    } catch (failed) {
      if (turn === this.turn) this.fail(failed);
    } finally {
      if (turn === this.turn) this.root.classList.remove("busy");
    }
  },

  slowestMs() {
    const period = this.data.bench.details.publish_period_ms ?? 1000;
    return Math.max(4 * period, 2500);
  },

  answers(range, points) {
    const path = `${this.data.api}/benches/${encodeURIComponent(this.code)}`;
    const iso = (ms) => new Date(ms).toISOString();
    const query = new URLSearchParams({ from: iso(range.start), to: iso(range.end) });
    const named = (query) => {
      for (const name of this.chosen) query.append("signal", name);
      return query;
    };
    const asked = this.other
      ? `${this.data.api}/compare?${named(new URLSearchParams({
        bench: this.code, other_bench: this.other.code, from: iso(range.start),
        other_from: iso(this.other.from), length_s: (range.end - range.start) / 1000, points }))}`
      : `${path}/signals?${named(new URLSearchParams([...query, ["points", points]]))}`;
    return Promise.all([
      this.chosen.length ? getJson(asked) : { series: [] },
      getJson(`${path}/timeline?${query}`),
      getJson(`${this.data.api}/utilisation?${this.utilisationQuery()}`),
    ]);
  },

  showCharts(values) {
    const { say, range } = this;
    const found = (series, name) => series?.find((one) => one.name === name);
    const isTwo = Boolean(this.other) && Boolean(values.one);
    const left = new Set(isTwo ? [...values.different_units.map((one) => one.name), ...values.missing] : []);
    this.drawn = this.chosen.filter((name) => !left.has(name)).map((name) => {
      const chart = new HistoryChart(this.signals.get(name), say);
      const sides = isTwo
        ? [{ series: found(values.one.series, name), start: range.start },
          { series: found(values.other.series, name), start: this.other.from }]
        : [{ series: found(values.series, name), start: range.start }];
      chart.set(sides, range);
      return chart;
    });
    this.showLegend(values, isTwo);
    fill(this.charts, ...this.chartNodes());
    this.draw();
  },

  chartNodes() {
    const { say } = this;
    const notice = (key, hint) => el("div", { class: "empty" }, el("p", {}, say(key)),
      hint ? el("p", {}, say(hint)) : null);
    if (!this.chosen.length) return [notice("history.none_chosen")];
    if (!this.drawn.length) return [notice("history.nothing_alike", "history.nothing_alike_hint")];
    if (this.drawn.every((chart) => chart.isEmpty)) return [notice("history.no_data", "history.no_data_hint")];
    return this.drawn.map((chart) => chart.node);
  },

  showLegend(values, isTwo) {
    const { say } = this;
    if (!isTwo) {
      fill(this.legend, `${say("history.band")} · ${say("history.gap")}`);
      return;
    }
    const key = (side, code, start) => el("span", { class: "side" },
      el("span", { class: "swatch", style: `background: ${SIDE_HUES[side]}` }),
      `${code} ${dateAndTime(this.data.lang, start)}`);
    const units = values.different_units.map((one) =>
      `${this.signals.get(one.name)?.title ?? one.name} (${one.unit || "–"} / ${one.other_unit || "–"})`);
    const gone = values.missing.map((name) => this.signals.get(name)?.title ?? name);
    fill(this.legend,
      key(0, this.code, this.range.start), key(1, this.other.code, this.other.from),
      el("span", {}, say("history.aligned")),
      units.length ? el("span", { class: "warn" }, say("history.different_units", { names: units.join("、") })) : null,
      gone.length ? el("span", { class: "warn" }, say("history.missing", { names: gone.join("、") })) : null);
  },

  fail(failed) {
    const { say } = this;
    if (!this.range) fill(this.charts);
    const bar = troubleBar(say, this.data.lang, {
      since: this.range ? new Date(this.range.end).toISOString() : null, onRetry: () => this.load() });
    fill(this.trouble, bar);
    // a refusal stays one: asking again by itself helps only against a broken line
    if (!(failed instanceof Refused) || failed.status >= 500) {
      clearTimeout(this.retrying);
      this.retrying = setTimeout(() => this.root.isConnected && this.load(), 5000);
    }
  },

  draw() {
    for (const chart of this.drawn ?? []) chart.draw(this.cursor);
  },

  point(event) {
    const canvas = this.drawn?.find((chart) => chart.canvas.clientWidth)?.canvas;
    const was = this.cursor;
    this.cursor = null;
    if (event && canvas && this.range) {
      const place = canvas.getBoundingClientRect();
      const room = place.width - HISTORY_MARGIN.left - HISTORY_MARGIN.right;
      const share = (event.clientX - place.left - HISTORY_MARGIN.left) / room;
      const { start, end } = this.range;
      if (share >= 0 && share <= 1) this.cursor = start + share * (end - start);
    }
    if (this.cursor === null && was === null) return;
    this.moment.textContent = this.cursor === null ? "" : this.range.isRelative
      ? elapsedText(this.cursor - this.range.start)
      : dateAndTime(this.data.lang, this.cursor);
    this.draw();
  },
};

Object.assign(HistoryView.prototype, LoadingParts);
