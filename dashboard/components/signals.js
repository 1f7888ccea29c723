// How one signal of the catalogue is named, scaled and written.

const MAX_LEVELS = 4;
const FRACTION = /(^|_)(soc|soh|load)(_|$)/;

function signalView(info, lang, say) {
  const isFraction = info.unit === "" && FRACTION.test(info.name.toLowerCase());
  const scale = isFraction ? 100 : 1;
  const scaled = (value) => (value === null ? null : value * scale);
  const hasChoices = Object.keys(info.choices).length > 0;
  const isBit = info.minimum === 0 && info.maximum === 1 && info.unit === "" && !isFraction;
  // a bit without words of its own is a switch, unless it turns out to take values in between
  let isSwitch = isBit && !hasChoices;
  const label = (value) => {
    if (typeof value === "boolean") return say(value ? "live.yes" : "live.no");
    if (isSwitch && (value === 0 || value === 1)) return say(value ? "live.yes" : "live.no");
    const word = info.choices[String(value)] ?? String(value);
    // a catalogue speaks the language of its DBC; of common words we know the other one
    const key = `choice.${word}`;
    const known = say(key);
    return known === key ? inOneLanguage(word, lang) : known;
  };
  let hasFraction = false;
  return {
    name: info.name,
    title: inLanguage(lang, info, "label") || info.name,
    message: info.message,
    unit_shown: isFraction ? "%" : info.unit,
    minimum: scaled(info.minimum),
    maximum: scaled(info.maximum),
    get isStepped() {
      return hasChoices || isSwitch;
    },
    levels: isSwitch ? [label(0), label(1)] : levelsOf(info.choices, label),
    seen(value) {
      if (isSwitch && isNumeric(value) && value !== 0 && value !== 1) isSwitch = false;
    },
    scaled: (value) => (isNumeric(value) ? value * scale : value),
    label,
    text(value) {
      if (value === null || value === undefined) return "—";
      if (!isNumeric(value) || hasChoices || isSwitch) return label(value);
      const shown = Number((value * scale).toPrecision(12));
      hasFraction ||= !Number.isInteger(shown);
      return figure(shown, hasFraction);
    },
  };
}

// "闭合 closed" is one word in two languages, as DBCs of bilingual benches write it.
const IN_TWO_LANGUAGES = /^(.*[\u3400-\u9fff]) +([\x20-\x7e]*[A-Za-z][\x20-\x7e]*)$/;

function inOneLanguage(word, lang) {
  const found = IN_TWO_LANGUAGES.exec(word);
  if (!found) return word;
  return lang === "zh" ? found[1] : found[2];
}

// A signal that ever had decimals keeps them, so that its figures do not jump in width.
function figure(value, hasFraction = false) {
  const size = Math.abs(value);
  const digits = size >= 1000 ? 0 : size >= 10 ? 1 : 2;
  const least = hasFraction && size >= 1 ? digits : 0;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: least, maximumFractionDigits: digits,
  });
}

function levelsOf(choices, label) {
  const raw = Object.keys(choices);
  return raw.length <= MAX_LEVELS ? raw.sort((a, b) => a - b).map(label) : [];
}

function isOutside(signal, value) {
  if (!isNumeric(value) || signal.isStepped) return false;
  const scaled = signal.scaled(value);
  return (
    (signal.minimum !== null && scaled < signal.minimum) ||
    (signal.maximum !== null && scaled > signal.maximum)
  );
}

// The table of all signals that are not shown as a card; filled only while it is open.
class SignalTable {
  constructor(signals, say) {
    this.signals = signals;
    this.say = say;
    this.values = {};
    this.filter = el("input", {
      type: "search", placeholder: say("live.filter"), "aria-label": say("live.filter"),
      oninput: () => this.rebuild(),
    });
    this.body = el("tbody");
    this.rest = el("p", { class: "muted small" });
    const heads = ["live.signal", "live.value", "live.unit", "live.message"];
    this.node = el(
      "details",
      { class: "panel others", ontoggle: () => this.rebuild() },
      el("summary", {}, say("live.others", { n: signals.length })),
      this.filter,
      el("div", { class: "scroll" }, el("table", {},
        el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, say(head))))),
        this.body)),
      this.rest,
    );
    this.node.hidden = !signals.length;
  }

  rebuild() {
    if (!this.node.open) return;
    const wanted = this.filter.value.trim().toLowerCase();
    const found = this.signals.filter((one) =>
      `${one.name} ${one.title} ${one.message}`.toLowerCase().includes(wanted));
    const shown = found.slice(0, 200);
    this.cells = new Map();
    this.body.replaceChildren(...shown.map((signal) => {
      const value = el("td", { class: "value" });
      this.cells.set(signal, value);
      const name = signal.title === signal.name ? null : el("span", { class: "muted" }, ` ${signal.name}`);
      return el("tr", {}, el("th", { scope: "row" }, signal.title, name), value,
        el("td", {}, signal.unit_shown), el("td", { class: "muted" }, signal.message));
    }));
    const rest = found.length - shown.length;
    this.rest.textContent = rest > 0 ? this.say("live.more", { n: rest }) : "";
    this.fill(this.values);
  }

  fill(values) {
    this.values = values;
    if (!this.node.open || !this.cells) return;
    for (const [signal, cell] of this.cells) {
      const text = signal.text(values[signal.name] ?? null);
      if (cell.textContent !== text) cell.textContent = text;
    }
  }
}
