// Data become text nodes or attributes, never markup.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined));
  return node;
}

// Each result has a sign and a word of its own; colour only repeats them.
const SIGNS = { expected: "○", found: "✓", wrong_place: "⇄", missing: "✕", unknown: "?" };

export function resultPill(say, result) {
  return el(
    "span",
    { class: `pill r-${result}` },
    el("span", { "aria-hidden": "true" }, SIGNS[result] ?? "·"),
    say(`result.${result}`),
  );
}

export function moment(lang, iso) {
  if (!iso) return "—";
  return new Date(iso).toLocaleString(lang === "en" ? "en-GB" : "zh-CN", { hour12: false });
}

// Half a minute at most, then the answer counts as none: a bad network must not hold up the queue.
const PATIENCE_MS = 30000;

export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail || `HTTP ${status}`);
    this.status = status;
    this.problem = problem ?? {};
  }
}

// The answer: JSON, or a blob where the server makes a file.
export async function ask(path, { method = "GET", body = null, form = null } = {}) {
  const headers = { Accept: "application/json, application/pdf", "X-Stationmaster": "1" };
  if (body !== null) headers["Content-Type"] = "application/json";
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(`/api/v1${path}`, {
      method,
      headers,
      body: form ?? (body === null ? undefined : JSON.stringify(body)),
      signal: stop.signal,
      cache: "no-store",
    });
    const isPdf = (answer.headers.get("content-type") ?? "").includes("pdf");
    if (answer.ok && isPdf) return await answer.blob();
    const isJson = (answer.headers.get("content-type") ?? "").includes("json");
    const text = await answer.text();
    // a proxy that tells of its own trouble speaks HTML
    const content = isJson && text ? JSON.parse(text) : null;
    if (!answer.ok) throw new Refused(answer.status, content);
    return content;
  } finally {
    clearTimeout(timer);
  }
}

// A listing to its end.
export async function askAll(path) {
  const items = [];
  let next = 0;
  while (next !== null) {
    const mark = path.includes("?") ? "&" : "?";
    const page = await ask(`${path}${mark}limit=200&offset=${next}`);
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

// Hand a file to the browser's downloads.
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
