// The values around the confirmation of a fault, fetched when somebody opens them.

const FREEZE_PAD_PX = 4;

const FreezeParts = {
  // one node per fault, kept when the list of faults is drawn again
  freeze(fault) {
    if (!fault.has_freeze) return null;
    this.freezes ??= new Map();
    const key = `${this.data.lang} ${fault.fault_id}`;
    const known = this.freezes.get(key);
    if (known) return known;
    const body = el("div", { class: "rows" });
    const node = el(
      "details",
      { class: "freeze", ontoggle: () => node.open && this.fillFreeze(fault, body) },
      el("summary", {}, this.say("live.freeze")),
      body,
    );
    this.freezes.set(key, node);
    return node;
  },

  async fillFreeze(fault, body) {
    if (body.childElementCount) return;
    const path = `${this.path}/faults/${encodeURIComponent(fault.fault_id)}/freeze`;
    try {
      const freeze = await getJson(path);
      body.replaceChildren(
        ...Object.entries(freeze.signals).map(([name, values]) => this.frozen(name, freeze, values)),
        el("p", { class: "small" }, this.say("live.freeze_span", {
          a: (freeze.offsets_ms[0] / 1000).toFixed(1),
          b: (freeze.offsets_ms.at(-1) / 1000).toFixed(1),
          at: this.benchClock(freeze.at),
        }), freeze.is_complete ? null : ` ${this.say("live.freeze_cut")}`));
    } catch {
      // opening it again asks again
      body.parentElement.open = false;
    }
  },

  frozen(name, freeze, values) {
    const known = [...this.charts.map((chart) => chart.signal), ...this.table.signals];
    const signal = known.find((one) => one.name === name);
    const text = (value) => (signal ? signal.text(value) : String(value ?? "—"));
    // the value that held when the fault was confirmed
    const later = freeze.offsets_ms.findIndex((offset) => offset > 0);
    const held = values[later < 0 ? values.length - 1 : Math.max(later - 1, 0)] ?? null;
    const unit = signal ? signal.unit_shown : "";
    return el("div", { class: "frozen", "data-signal": name },
      el("span", { class: "name" }, signal ? signal.title : name),
      freezePlot(freeze.offsets_ms, signal, values, name),
      el("strong", {}, `${text(held)} ${unit}`.trim(), spanOf(signal, values, text)));
  },
};

// Each plot has a scale of its own: without its ends a flicker looks like a jump.
function spanOf(signal, values, text) {
  const known = values.filter(isNumeric);
  if (!known.length || signal?.isStepped) return null;
  const [low, high] = [text(Math.min(...known)), text(Math.max(...known))];
  return low === high ? null : el("span", { class: "span" }, `${low} … ${high}`);
}

function freezePlot(offsets, signal, values, name) {
  const canvas = el("canvas", { role: "img", "aria-label": name });
  const scaled = values.map((one) => (signal ? signal.scaled(one) : one));
  const isStepped = signal?.isStepped || values.some((one) => typeof one === "boolean");
  // it has no size before it is on the page
  requestAnimationFrame(() => drawFreeze(canvas, offsets, scaled, isStepped));
  return canvas;
}

function drawFreeze(canvas, offsets, values, isStepped) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const ratio = window.devicePixelRatio || 1;
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const figures = values.map((one) => (typeof one === "boolean" ? Number(one) : one));
  const [first, last] = [offsets[0], offsets.at(-1)];
  const x = (offset) =>
    FREEZE_PAD_PX + ((width - 2 * FREEZE_PAD_PX) * (offset - first)) / (last - first || 1);
  pen.strokeStyle = "#b42318";
  pen.strokeRect(x(0), 0, 0, height);
  const known = figures.filter(isNumeric);
  if (!known.length) return;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const share = (value) => (high > low ? (value - low) / (high - low) : 0.5);
  const y = (value) => height - FREEZE_PAD_PX - (height - 2 * FREEZE_PAD_PX) * share(value);
  pen.strokeStyle = HUES[0];
  pen.lineWidth = 1.6;
  pen.lineJoin = "round";
  pen.beginPath();
  let isOpen = false;
  figures.forEach((value, place) => {
    // a switch holds until it switches; a missing value is a gap
    if (isNumeric(value) && isOpen && isStepped) pen.lineTo(x(offsets[place]), y(figures[place - 1]));
    if (isNumeric(value)) pen[isOpen ? "lineTo" : "moveTo"](x(offsets[place]), y(value));
    isOpen = isNumeric(value);
  });
  pen.stroke();
}

Object.assign(LiveView.prototype, FreezeParts);
