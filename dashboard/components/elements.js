// What every component shares. Data become text nodes or attributes, never markup.

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

function speaker(texts) {
  return (key, values = {}) =>
    (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function inLanguage(lang, thing, stem) {
  return (lang === "en" && thing[`${stem}_en`]) || thing[`${stem}_zh`] || "";
}

function bilingual(lang, text) {
  return text ? (lang === "en" ? text.en || text.zh : text.zh || text.en) : "";
}

function clock(lang, iso) {
  if (!iso) return "—";
  const at = new Date(iso);
  const locale = lang === "en" ? "en-GB" : "zh-CN";
  const time = at.toLocaleTimeString(locale, { hour12: false });
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? time : `${at.toLocaleDateString(locale)} ${time}`;
}

function span(say, seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return say("common.seconds", { n: s });
  if (s < 3600) return say("common.minutes", { n: Math.floor(s / 60), s: s % 60 });
  if (s < 172800) return say("common.hours", { n: Math.floor(s / 3600), m: Math.floor(s / 60) % 60 });
  return say("common.days", { n: Math.floor(s / 86400) });
}

// An amount as the API tells it, an exact text, with its thousands set off.
function yuan(amount) {
  const [whole, cents = "00"] = String(amount).split(".");
  return `¥${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents}`.replace("¥-", "-¥");
}

// What somebody typed as an amount, without the signs that people put into it.
function plainYuan(text) {
  return text.replace(/[,，¥￥元\s]/g, "");
}

// One instance per place in the page: Streamlit calls the renderer again for every new data.
const instances = new WeakMap();

function mounted(component, View) {
  const place = component.parentElement;
  let view = instances.get(place);
  if (!view) {
    const root = el("div", { class: "sm" });
    place.append(root);
    view = new View(root);
    instances.set(place, view);
  }
  view.update(component.data, component);
  return () => {
    view.destroy();
    instances.delete(place);
    place.querySelector(".sm")?.remove();
  };
}

class Refused extends Error {
  constructor(status) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

async function getJson(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (answer.status === 401) {
    // the login ended: the page itself knows what to show
    window.location.reload();
  }
  if (!answer.ok) throw new Refused(answer.status);
  return answer.json();
}

// A stream of events that comes back by itself, also after answers EventSource gives up on, and
// says then which was the last event it had.
function listen(url, handlers, onBreak = () => {}) {
  let source = null;
  let timer = null;
  let isClosed = false;
  let wait = 500;
  let last = "";
  const open = () => {
    source = new EventSource(last ? `${url}?after=${encodeURIComponent(last)}` : url);
    source.onopen = () => {
      wait = 500;
      handlers.open?.();
    };
    for (const [name, handle] of Object.entries(handlers)) {
      if (name === "open") continue;
      source.addEventListener(name, (event) => {
        last = event.lastEventId;
        handle(JSON.parse(event.data));
      });
    }
    source.onerror = () => {
      source.close();
      if (isClosed) return;
      onBreak();
      // a stream also ends with its login, and only a question can tell that from a broken line
      getJson("/api/v1/me").catch(() => {});
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, 8000);
    };
  };
  open();
  return () => {
    isClosed = true;
    clearTimeout(timer);
    source.close();
  };
}

// A link that works as one (new tab, bookmark) and stays inside the running page on a plain click.
function innerLink(component, page, query, content, attributes = {}) {
  const text = new URLSearchParams(query).toString();
  return el(
    "a",
    {
      ...attributes,
      href: `${page === "stations" ? "./" : page}${text ? `?${text}` : ""}`,
      onclick: (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        component.setTriggerValue("go", { page, query });
      },
    },
    content,
  );
}

function pill(kind, glyph, word, attributes = {}) {
  return el(
    "span",
    { class: `pill s-${kind}`, ...attributes },
    el("span", { class: "glyph", "aria-hidden": "true" }, glyph),
    el("span", {}, word),
  );
}

function overallPill(say, status, attributes) {
  const kind = { ready: "ready", advice_only: "advice", not_ready: "not", unknown: "unknown" };
  return pill(kind[status], say(`glyph.${status}`), say(`overall.${status}`), attributes);
}

function fill(node, ...parts) {
  node.replaceChildren(...parts.filter((part) => part !== null && part !== undefined));
}

function troubleBar(say, lang, { since, onRetry }) {
  return el(
    "div",
    { class: "trouble", role: "alert" },
    el("strong", {}, say("trouble.connection")),
    since ? el("span", {}, say("trouble.data_from", { at: clock(lang, since) })) : null,
    el("span", { class: "muted" }, say("trouble.retrying")),
    el("button", { type: "button", class: "plain", onclick: onRetry }, say("trouble.retry")),
  );
}

function skeleton(rows) {
  const lines = Array.from({ length: rows }, () => el("div", { class: "skeleton" }));
  return el("div", { "aria-busy": "true" }, ...lines);
}
