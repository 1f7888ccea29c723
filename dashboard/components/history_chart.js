// One signal over a span of time: mean as a line in a band from minimum to maximum, gaps as gaps.

const HISTORY_MARGIN = { left: 60, right: 12, top: 8, bottom: 22 };
const SIDE_HUES = ["#0b5cad", "#b4540a"];
const TICK_STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
  86400, 172800, 345600, 604800,
];
// a day, a time, a time with seconds
const tickRoomPx = (stepS) => (stepS >= 86400 ? 46 : stepS >= 60 ? 64 : 76);

function two(number) {
  return String(Math.floor(number)).padStart(2, "0");
}

// Local time on an axis: as exact as the distance of its ticks asks for.
function tickText(ms, stepS) {
  const at = new Date(ms);
  const day = `${at.getMonth() + 1}/${at.getDate()}`;
  if (stepS >= 86400 || (at.getHours() === 0 && at.getMinutes() === 0 && stepS >= 60)) return day;
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return stepS < 60 ? `${time}:${two(at.getSeconds())}` : time;
}

// Date and time, today's too: a span that ends today begins on another day.
function dateAndTime(lang, ms) {
  return new Date(ms).toLocaleString(lang === "en" ? "en-GB" : "zh-CN", {
    hour12: false, year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
}

function elapsedText(ms) {
  const s = Math.round(ms / 1000);
  if (!s) return "0";
  if (s < 60) return `+${s} s`;
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  if (h >= 48) return `+${(s / 86400).toFixed(s % 86400 ? 1 : 0)} d`;
  return h ? `+${h}:${two(m)} h` : s % 60 ? `+${m}:${two(s % 60)}` : `+${m} min`;
}

function timeTicks(start, end, roomPx, isRelative) {
  const fits = (s) => ((end - start) / 1000 / s) * tickRoomPx(isRelative ? 60 : s) <= roomPx;
  const stepS = TICK_STEPS_S.find(fits) ?? TICK_STEPS_S.at(-1);
  const step = stepS * 1000;
  // days begin at the reader's midnight
  const shift = isRelative ? -start : -new Date(start).getTimezoneOffset() * 60000;
  const ticks = [];
  for (let at = Math.ceil((start + shift) / step) * step - shift; at <= end; at += step) {
    ticks.push({ at, text: isRelative ? elapsedText(at - start) : tickText(at, stepS) });
  }
  return ticks;
}

class HistoryChart {
  constructor(signal, say) {
    this.signal = signal;
    this.say = say;
    this.sides = [];
    this.canvas = el("canvas", { role: "img" });
    this.reading = el("span", { class: "reading" });
    this.node = el("figure", { class: "history-chart", "data-signal": signal.name },
      el("figcaption", {},
        el("strong", {}, signal.title),
        el("span", { class: "muted" }, signal.unit_shown),
        this.reading),
      this.canvas);
  }

  // `sides`: one or two of the API's series, each with the moment it begins, in ms
  set(sides, range) {
    this.range = range;
    const seen = sides.flatMap(({ series }) => series?.last ?? []);
    for (const value of seen) this.signal.seen(value);
    this.isStepped = this.signal.isStepped || seen.some((value) => typeof value !== "number");
    this.levels = this.isStepped ? [...this.signal.levels] : [];
    this.sides = sides.map(({ series, start }) => this.points(series, start - range.start));
    this.valueRange = undefined;
  }

  points(series, shift) {
    if (!series) return [];
    const scaled = (value) => (isNumeric(value) ? this.signal.scaled(value) : null);
    return series.at.map((iso, place) => {
      const at = Date.parse(iso) - shift;
      if (this.isStepped) {
        const y = this.level(series.last[place]);
        return { at, low: y, mean: y, high: y, raw: series.last[place] };
      }
      const [low, mean, high] = [series.minimum, series.mean, series.maximum].map((list) =>
        scaled(list[place]));
      return { at, low, mean, high };
    }).filter((point) => point.mean !== null);
  }

  level(value) {
    const label = this.signal.label(value);
    if (!this.levels.includes(label)) this.levels.push(label);
    return this.levels.indexOf(label);
  }

  get isEmpty() {
    return this.sides.every((points) => !points.length);
  }

  draw(cursor) {
    const { canvas } = this;
    const [width, tall] = [canvas.clientWidth, canvas.clientHeight];
    if (!width || !this.range) return;
    const ratio = window.devicePixelRatio || 1;
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(tall * ratio)];
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.font = '11.5px "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
    const ends = this.sides.flat().flatMap((point) => [point.low, point.high]);
    this.valueRange = this.isStepped
      ? [-0.5, Math.max(this.levels.length, 2) - 0.5]
      : valueRange({ minimum: null, maximum: null }, ends, this.valueRange);
    this.describe(ends);
    const box = { pen, width, tall };
    this.grid(box);
    pen.save();
    pen.beginPath();
    pen.rect(HISTORY_MARGIN.left, 0, this.room(box), tall - HISTORY_MARGIN.bottom + 1);
    pen.clip();
    this.sides.forEach((points, side) => this.line(box, points, SIDE_HUES[side]));
    pen.restore();
    this.read(box, cursor);
  }

  describe(ends) {
    const [low, high] = ends.length ? [Math.min(...ends), Math.max(...ends)] : [];
    const key = ends.length && !this.isStepped ? "history.chart" : "history.chart_empty";
    const text = this.isStepped && ends.length ? this.signal.title : this.say(key, {
      name: this.signal.title, low: figure(low ?? 0), high: figure(high ?? 0) });
    this.canvas.setAttribute("aria-label", text);
  }

  room(box) {
    return box.width - HISTORY_MARGIN.left - HISTORY_MARGIN.right;
  }

  x(box, at) {
    const { start, end } = this.range;
    return HISTORY_MARGIN.left + (this.room(box) * (at - start)) / (end - start);
  }

  y(box, value) {
    const [low, high] = this.valueRange;
    const room = box.tall - HISTORY_MARGIN.top - HISTORY_MARGIN.bottom;
    return HISTORY_MARGIN.top + room * (1 - (value - low) / (high - low || 1));
  }

  grid(box) {
    const { pen, width, tall } = box;
    const { ticks, digits } = this.isStepped
      ? { ticks: this.levels.map((_, place) => place), digits: 0 }
      : niceTicks(...this.valueRange, 3);
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const tick of ticks) {
      const y = Math.round(this.y(box, tick)) + 0.5;
      pen.strokeStyle = "#e6eaf0";
      pen.strokeRect(HISTORY_MARGIN.left, y, this.room(box), 0);
      pen.fillStyle = "#5b6675";
      const words = this.isStepped ? clipped(pen, this.levels[tick]) : (tick || 0).toLocaleString(
        "en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
      pen.fillText(words, HISTORY_MARGIN.left - 6, y);
    }
    pen.textBaseline = "alphabetic";
    const { start, end, isRelative } = this.range;
    for (const { at, text } of timeTicks(start, end, this.room(box), isRelative)) {
      const x = this.x(box, at);
      pen.fillStyle = "#c5ccd6";
      pen.fillRect(Math.round(x), tall - HISTORY_MARGIN.bottom, 1, 4);
      const half = pen.measureText(text).width / 2;
      pen.fillStyle = "#5b6675";
      pen.textAlign = x + half > width - 2 ? "right" : x - half < HISTORY_MARGIN.left - 8 ? "left" : "center";
      pen.fillText(text, x, tall - 6);
    }
  }

  // Pieces between gaps: the band first, so that the line lies on it.
  line(box, points, hue) {
    const { pen } = box;
    for (const piece of this.pieces(points)) {
      const place = (point, value) => [this.x(box, point.at), this.y(box, value)];
      if (!this.isStepped && piece.length > 1) {
        pen.fillStyle = `${hue}33`;
        pen.beginPath();
        for (const point of piece) pen.lineTo(...place(point, point.high));
        for (const point of [...piece].reverse()) pen.lineTo(...place(point, point.low));
        pen.fill();
      }
      pen.strokeStyle = pen.fillStyle = hue;
      pen.lineWidth = 1.5;
      pen.lineJoin = "round";
      pen.beginPath();
      piece.forEach((point, number) => {
        if (this.isStepped && number) pen.lineTo(this.x(box, point.at), this.y(box, piece[number - 1].mean));
        pen.lineTo(...place(point, point.mean));
      });
      pen.stroke();
      // a single point between two gaps would be no line at all
      if (piece.length === 1) {
        const [x, y] = place(piece[0], piece[0].mean);
        pen.fillRect(x - 1.5, y - 1.5, 3, 3);
        pen.fillRect(x - 0.5, this.y(box, piece[0].high), 1, this.y(box, piece[0].low) - this.y(box, piece[0].high));
      }
    }
  }

  pieces(points) {
    const found = [];
    points.forEach((point, place) => {
      const isGap = place && point.at - points[place - 1].at > this.range.gapMs;
      if (!place || isGap) found.push([]);
      found.at(-1).push(point);
    });
    return found;
  }

  // What lies under the pointer, beside the name; without a pointer nothing.
  read(box, cursor) {
    const found = cursor === null ? [] : this.sides.map((points) => nearest(points, cursor, this.range.gapMs));
    this.reading.replaceChildren(...found.map((point, side) =>
      el("span", { style: `color: ${SIDE_HUES[side]}` }, this.words(point))));
    if (cursor === null) return;
    box.pen.fillStyle = "#5b667599";
    box.pen.fillRect(this.x(box, cursor), HISTORY_MARGIN.top, 1, box.tall - HISTORY_MARGIN.top - HISTORY_MARGIN.bottom);
  }

  words(point) {
    if (!point) return "—";
    if (this.isStepped) return this.signal.label(point.raw);
    const [mean, low, high] = [point.mean, point.low, point.high].map((one) => figure(one, true));
    return low === high ? mean : this.say("history.reading", { mean, low, high });
  }
}

function nearest(points, at, withinMs) {
  let best = null;
  for (const point of points) {
    if (!best || Math.abs(point.at - at) < Math.abs(best.at - at)) best = point;
  }
  return best && Math.abs(best.at - at) <= withinMs ? best : null;
}
