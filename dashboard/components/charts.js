// Small line charts on canvas: one signal each, the last 60 s, gaps stay gaps.

const WINDOW_S = 60;
const HUES = ["#0b5cad", "#b4540a", "#06735a", "#6b2fa0", "#7a5b00", "#3f4a5a"];
const NARROW_CHART_PX = 280;
const MARGIN = { left: 52, right: 10, top: 10, bottom: 22 };

function isNumeric(value) {
  return typeof value === "number" && Number.isFinite(value);
}

function niceTicks(low, high, count = 4) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = [1, 2, 2.5, 5, 10].find((m) => m * power >= rough * 0.999);
  const step = share * power;
  const finer = share === 2.5 ? 1 : share === 10 ? -1 : 0;
  const digits = Math.max(0, finer - Math.floor(Math.log10(power) + 1e-9));
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) {
    ticks.push(k * step);
  }
  return { ticks, step, digits };
}

// The catalogue's range where the values use enough of it, else the values with some air.
function valueRange(signal, values, former) {
  if (!values.length) return former ?? [signal.minimum ?? 0, signal.maximum ?? 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const hasRange = isNumeric(signal.minimum) && isNumeric(signal.maximum);
  const whole = hasRange ? signal.maximum - signal.minimum : 0;
  if (whole > 0 && low >= signal.minimum && high <= signal.maximum) {
    if (high - low >= whole * 0.05 || whole <= Math.abs(high) * 1.5) {
      return [signal.minimum, signal.maximum];
    }
  }
  if (former && low >= former[0] && high <= former[1]) {
    const used = (high - low) / (former[1] - former[0]);
    if (used > 0.25 || high - low < 1e-9) return former;
  }
  const air = Math.max((high - low) * 0.25, whole * 0.01, Math.abs(high) * 0.01, 1e-3);
  const { step } = niceTicks(low - air, high + air);
  return [Math.floor((low - air) / step) * step, Math.ceil((high + air) / step) * step];
}

class Chart {
  constructor(signal, place, say, name) {
    this.signal = signal;
    this.say = say;
    this.name = name;
    this.hue = HUES[place % HUES.length];
    this.points = [];
    this.levels = [...signal.levels];
    this.canvas = el("canvas", { role: "img" });
    this.node = el(
      "figure",
      { class: "chart" },
      el("figcaption", {}, el("strong", {}, name), el("span", { class: "muted" }, signal.unit_shown)),
      this.canvas,
    );
  }

  // `at` in seconds; a value that is no number becomes a level of its own, a missing one a gap
  add(at, value) {
    const last = this.points.at(-1);
    if (last && at <= last.at) return;
    this.points.push({ at, y: this.height(value) });
    const oldest = at - WINDOW_S - 5;
    while (this.points.length && this.points[0].at < oldest) this.points.shift();
  }

  height(value) {
    if (value === null || value === undefined) return null;
    const wasStepped = this.signal.isStepped;
    this.signal.seen(value);
    // a switch's levels 0 and 1 are also its values, so the line goes on where it was
    if (wasStepped && !this.signal.isStepped) this.levels = [];
    if (isNumeric(value) && !this.signal.isStepped) return value;
    const label = this.signal.label(value);
    if (!this.levels.includes(label)) this.levels.push(label);
    return this.levels.indexOf(label);
  }

  reset() {
    this.points = [];
  }

  draw(now, gapAfterS, text) {
    const width = this.canvas.clientWidth;
    const tall = this.canvas.clientHeight;
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio)) this.canvas.width = width * ratio;
    if (this.canvas.height !== Math.round(tall * ratio)) this.canvas.height = tall * ratio;
    this.canvas.setAttribute("aria-label", text);
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, tall);
    pen.font = '11.5px "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
    const shown = this.points.filter((point) => point.at >= now - WINDOW_S - 1);
    const values = shown.filter((point) => point.y !== null).map((point) => point.y);
    const isLevels = this.levels.length > 0;
    this.range = isLevels
      ? [-0.5, Math.max(this.levels.length, 2) - 0.5]
      : valueRange(this.signal, values, this.range);
    const box = { width, tall, now, pen };
    this.grid(box, isLevels);
    this.line(box, shown, gapAfterS, isLevels);
  }

  x(box, at) {
    const room = box.width - MARGIN.left - MARGIN.right;
    return MARGIN.left + room * (1 + (at - box.now) / WINDOW_S);
  }

  y(box, value) {
    const [low, high] = this.range;
    const room = box.tall - MARGIN.top - MARGIN.bottom;
    return MARGIN.top + room * (1 - (value - low) / (high - low || 1));
  }

  grid(box, isLevels) {
    const { pen, width, tall } = box;
    const { ticks, digits } = isLevels
      ? { ticks: this.levels.map((_, place) => place), digits: 0 }
      : niceTicks(...this.range);
    pen.lineWidth = 1;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const tick of ticks) {
      const y = Math.round(this.y(box, tick)) + 0.5;
      pen.strokeStyle = "#e6eaf0";
      pen.beginPath();
      pen.moveTo(MARGIN.left, y);
      pen.lineTo(width - MARGIN.right, y);
      pen.stroke();
      pen.fillStyle = "#5b6675";
      const words = isLevels ? clipped(pen, this.levels[tick]) : (tick || 0).toLocaleString("en-US", {
        minimumFractionDigits: digits, maximumFractionDigits: digits });
      pen.fillText(words, MARGIN.left - 6, y);
    }
    pen.textBaseline = "alphabetic";
    const every = width < NARROW_CHART_PX ? 30 : 15;
    for (let s = -WINDOW_S; s <= 0; s += every) {
      pen.textAlign = s === 0 ? "right" : s === -WINDOW_S ? "left" : "center";
      pen.fillText(this.say("live.seconds", { n: s }), this.x(box, box.now + s), tall - 6);
    }
  }

  line(box, points, gapAfterS, isLevels) {
    const { pen } = box;
    pen.save();
    pen.beginPath();
    pen.rect(MARGIN.left, 0, box.width - MARGIN.left - MARGIN.right, box.tall - MARGIN.bottom + 2);
    pen.clip();
    pen.strokeStyle = this.hue;
    pen.lineWidth = 1.6;
    pen.lineJoin = "round";
    pen.beginPath();
    let before = null;
    for (const point of points) {
      if (point.y === null) {
        before = null;
        continue;
      }
      const x = this.x(box, point.at);
      const y = this.y(box, point.y);
      if (!before || point.at - before.at > gapAfterS) pen.moveTo(x, y);
      else {
        if (isLevels) pen.lineTo(x, this.y(box, before.y));
        pen.lineTo(x, y);
      }
      before = point;
    }
    pen.stroke();
    if (before) {
      pen.fillStyle = this.hue;
      pen.beginPath();
      pen.arc(this.x(box, before.at), this.y(box, before.y), 2.6, 0, 7);
      pen.fill();
    }
    pen.restore();
  }
}

// As much of a word as fits left of the plot; a Chinese character takes twice a letter's room.
function clipped(pen, text) {
  const room = MARGIN.left - 8;
  if (pen.measureText(text).width <= room) return text;
  let kept = text;
  while (kept && pen.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
  return `${kept}…`;
}
