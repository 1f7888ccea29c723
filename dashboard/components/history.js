// What a bench measured before. The component asks the API by itself; the address says what is shown.

const SPANS_S = [3600, 21600, 86400, 604800, 2592000];
const LONGEST_MS = 31 * 86400 * 1000;
const MOST_CHARTS = 8;
const FIRST_CHARTS = 4;
const MOST_POINTS = 800;
const RENEW_EVERY_MS = 60_000;
const GAP_BUCKETS = 2.5;

function localInput(ms) {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

class HistoryView {
  constructor(root) {
    this.root = root;
    this.cursor = null;
    this.renewing = setInterval(() => this.renew(), RENEW_EVERY_MS);
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(root);
    root.addEventListener("pointerdown", (event) => this.closeSheets(event.target));
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.closeSheets(null));
  }

  update(data, component) {
    this.component = component;
    const isSame = this.data && this.data.lang === data.lang && this.data.bench.code === data.bench.code;
    if (isSame) return;
    this.data = data;
    this.say = speaker(data.texts);
    this.code = data.bench.code;
    const signals = data.bench.details.signals;
    this.signals = new Map(signals.map((info) => [info.name, signalView(info, data.lang, this.say)]));
    this.take(data.asked, signals);
    this.build();
    this.load();
  }

  destroy() {
    clearInterval(this.renewing);
    this.resized.disconnect();
    this.stopExports?.();
  }

  closeSheets(target) {
    for (const sheet of this.root.querySelectorAll("details.own, details.picker")) {
      if (!sheet.contains(target)) sheet.open = false;
    }
  }

  // What the address says, else what was looked at last, else the last hour of the main signals.
  take(asked, signals) {
    const spanS = Number(asked.span);
    this.spanS = SPANS_S.includes(spanS) ? spanS : SPANS_S[0];
    const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
    this.own = to - from > 0 && to - from <= LONGEST_MS ? { from, to } : null;
    const known = (asked.signals ?? "").split(",").filter((name) => this.signals.has(name));
    const headline = signals.filter((info) => info.headline).map((info) => info.name);
    const first = headline.length ? headline : signals.map((info) => info.name);
    this.chosen = (known.length ? known : first.slice(0, FIRST_CHARTS)).slice(0, MOST_CHARTS);
    const otherFrom = Date.parse(asked.other_from);
    const isBench = this.data.benches.some((one) => one.code === asked.other);
    this.other = isBench && otherFrom ? { code: asked.other, from: otherFrom } : null;
  }

  keep() {
    const url = new URL(window.location.href);
    const iso = (ms) => new Date(ms).toISOString();
    const said = {
      span: this.own ? null : this.spanS, from: this.own && iso(this.own.from),
      to: this.own && iso(this.own.to), signals: this.chosen.join(","),
      other: this.other?.code, other_from: this.other && iso(this.other.from),
    };
    for (const [name, value] of Object.entries(said)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    window.history.replaceState(window.history.state, "", url);
  }

  build() {
    const { say } = this;
    if (!this.signals.size) {
      fill(this.root, el("div", { class: "empty" }, el("p", {}, say("history.no_signals"))));
      return;
    }
    this.trouble = el("div");
    this.presets = el("div", { class: "presets", role: "group", "aria-label": say("history.span") });
    this.comparing = el("form", { class: "compare", onsubmit: (event) => this.setOther(event) });
    this.picker = this.signalPicker();
    this.legend = el("p", { class: "legend muted small", "aria-live": "polite" });
    this.charts = el("div", { class: "history-charts",
      onpointermove: (event) => this.point(event), onpointerleave: () => this.point(null) });
    this.moment = el("p", { class: "moment small" });
    this.marks = el("div", { class: "marks" });
    this.lists = el("div", { class: "lists" });
    this.utilisation = el("section", { class: "panel utilisation" });
    fill(this.root, this.trouble,
      el("div", { class: "tools" }, this.presets, this.picker.node,
        el("button", { type: "button", class: "plain", onclick: () => this.toggleCompare() }, say("history.compare")),
        el("button", { type: "button", class: "plain", onclick: () => this.openExport() }, say("export.open"))),
      this.comparing, this.legend, this.moment, this.charts, this.marks, this.lists, this.utilisation);
    this.showPresets();
    this.showCompare(Boolean(this.other));
    fill(this.charts, skeleton(8));
  }

  showPresets() {
    const { say } = this;
    const preset = (s) => el("button", {
      type: "button", "aria-pressed": String(!this.own && this.spanS === s),
      onclick: () => this.choose({ spanS: s, own: null }),
    }, say(`history.span_${s}`));
    const { from, to } = this.own ?? { from: Date.now() - this.spanS * 1000, to: Date.now() };
    this.from = el("input", { type: "datetime-local", step: 1, value: localInput(from), "aria-label": say("history.from") });
    this.to = el("input", { type: "datetime-local", step: 1, value: localInput(to), "aria-label": say("history.to") });
    const own = el("details", { class: "own" },
      el("summary", { class: this.own ? "on" : "" }, say("history.own")),
      el("form", { onsubmit: (event) => this.setOwn(event) },
        this.from, el("span", {}, "–"), this.to,
        el("button", { type: "submit", class: "plain" }, say("history.apply"))));
    fill(this.presets, ...SPANS_S.map(preset), own);
  }

  setOwn(event) {
    event.preventDefault();
    const [from, to] = [this.from, this.to].map((field) => new Date(field.value).getTime());
    const isOdd = !(to - from > 0 && to - from <= LONGEST_MS);
    this.to.setCustomValidity(isOdd ? this.say("history.odd_span") : "");
    if (isOdd) this.to.reportValidity();
    else this.choose({ own: { from, to } });
    this.to.oninput = this.from.oninput = () => this.to.setCustomValidity("");
  }

  choose(change) {
    Object.assign(this, change);
    this.keep();
    this.showPresets();
    this.load();
  }

  signalPicker() {
    const { say } = this;
    const summary = el("summary");
    const list = el("div", { class: "options" });
    const filter = el("input", { type: "search", placeholder: say("history.filter"),
      "aria-label": say("history.filter"), oninput: () => show() });
    // the boxes stay where they are: whoever goes through them by keyboard keeps the place
    const count = () => {
      summary.textContent = say("history.choose", { n: this.chosen.length, of: this.signals.size });
      for (const box of list.querySelectorAll("input")) {
        box.disabled = this.chosen.length >= MOST_CHARTS && !box.checked;
      }
    };
    const show = () => {
      const wanted = filter.value.trim().toLowerCase();
      const found = [...this.signals.values()].filter((one) =>
        `${one.name} ${one.title}`.toLowerCase().includes(wanted)).slice(0, 200);
      fill(list, ...found.map((one) => el("label", {},
        el("input", { type: "checkbox", checked: this.chosen.includes(one.name),
          onchange: (event) => { this.pick(one.name, event.target.checked); count(); } }),
        el("span", {}, one.title), el("span", { class: "muted" }, one.unit_shown))));
      count();
    };
    show();
    return { node: el("details", { class: "picker" }, summary,
      el("div", { class: "sheet" }, filter, list,
        el("p", { class: "muted small" }, say("history.most", { n: MOST_CHARTS })))) };
  }

  pick(name, isOn) {
    const rest = this.chosen.filter((one) => one !== name);
    this.chosen = isOn ? [...rest, name] : rest;
    this.keep();
    this.load();
  }

  toggleCompare() {
    if (this.comparing.hidden) {
      this.showCompare(true);
      return;
    }
    this.showCompare(false);
    if (this.other) this.choose({ other: null });
  }

  showCompare(isOn) {
    const { say } = this;
    this.comparing.hidden = !isOn;
    if (!isOn) return;
    const known = this.other ?? { code: this.code, from: this.span().start - 86400_000 };
    const options = this.data.benches.map((one) => el("option", {
      value: one.code, selected: one.code === known.code,
    }, one.code === this.code ? say("history.same_bench") : one.title));
    this.otherBench = el("select", {}, ...options);
    this.otherFrom = el("input", { type: "datetime-local", step: 1, value: localInput(known.from), required: true });
    fill(this.comparing,
      el("label", {}, say("history.compare_with"), this.otherBench),
      el("label", {}, say("history.compare_from"), this.otherFrom),
      el("button", { type: "submit", class: "plain" }, say("history.apply")),
      el("button", { type: "button", class: "plain", onclick: () => this.toggleCompare() }, say("history.compare_off")));
  }

  setOther(event) {
    event.preventDefault();
    const from = new Date(this.otherFrom.value).getTime();
    if (from) this.choose({ other: { code: this.otherBench.value, from } });
  }

  span() {
    if (this.own) return { start: this.own.from, end: this.own.to };
    const end = Date.now();
    return { start: end - this.spanS * 1000, end };
  }

  renew() {
    // whoever compares or reads a point would lose the place
    if (this.own || this.other || this.cursor !== null || document.hidden || !this.range) return;
    this.load();
  }
}
