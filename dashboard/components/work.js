// What pages where people work have in common: they load by themselves, say when that fails, follow
// the house, change things, keep their choices in the address, and open one thing at the right.

const SETTLE_MS = 400;
const CALM_MS = 3000;
const MOST_PAGES = 50;

class Problem extends Error {
  constructor(status, problem) {
    super(`HTTP ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

// Changes something; a refusal is thrown with what the server said.
async function send(method, url, body) {
  const isForm = body instanceof FormData;
  const headers = { Accept: "application/json", "X-Stationmaster": "1" };
  if (!isForm) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, { method, headers, body: isForm ? body : JSON.stringify(body) });
  if (answer.status === 401) window.location.reload();
  const text = await answer.text();
  let found = null;
  try {
    found = text ? JSON.parse(text) : null;
  } catch {
    // whoever stands before the server may answer with a page
  }
  if (!answer.ok) throw new Problem(answer.status, found ?? {});
  return found;
}

// Asks for a file with words the address has no room for, and hands it to the browser to be saved.
async function download(url, body, name) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Stationmaster": "1" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  const address = URL.createObjectURL(await answer.blob());
  const link = el("a", { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const NOTHING_ASKED = ["no_requirement", "not_offered"];

// Whether a list has anything for the module and level of an answer; no gap where it has nothing.
function isAsked(answer) {
  return !answer.findings.some((one) => NOTHING_ASKED.includes(one.kind));
}

async function allPages(url) {
  const items = [];
  const mark = url.includes("?") ? "&" : "?";
  let offset = 0;
  for (let n = 0; offset !== null && n < MOST_PAGES; n += 1) {
    const page = await getJson(`${url}${mark}limit=200&offset=${offset}`);
    items.push(...page.items);
    offset = page.next;
  }
  return items;
}

function problemText(say, lang, error) {
  if (!(error instanceof Problem)) return say("trouble.connection");
  const { problem, status } = error;
  const words = problem[lang === "en" ? "en" : "zh"];
  if (words) return words;
  if (status === 403) return say("trouble.not_allowed_hint");
  if (problem.field) {
    return say("trouble.field", { field: problem.field, expected: expectedWords(say, lang, problem.expected ?? "") });
  }
  const refused = lang === "en" && problem.detail ? "" : refusedWords(say, problem, status);
  return refused || problem.detail || say("trouble.server", { status });
}

const REFUSED = ["taken", "unsupported-file", "unstorable-text", "404", "409", "413", "429", "503"];

// The server explains itself in English; what it says of most is told by its kind or its status.
function refusedWords(say, problem, status) {
  const kind = (problem.type ?? "").split(":").at(-1);
  const fields = (problem.errors ?? []).map((one) => one.location?.at(-1)).filter(Boolean).join("、");
  if (fields) return say("trouble.refused_422", { fields });
  const key = [kind, String(status)].find((one) => REFUSED.includes(one));
  return key ? say(`trouble.refused_${key}`, { code: "", ...problem }) : "";
}

const EXPECTED = [
  ["most", /^at most ([\d.,]+(?: MB)?)(?:,.*)?$/],
  ["least", /^at least ([\d.,]+)$/],
  ["characters", /^(\d+) to (\d+) characters$/],
  ["range", /^([\d.,]+) to ([\d.,]+)$/],
  ["not_before", /^a day not before ([\d-]+)$/],
  ["not_after", /^a day not after ([\d-]+)$/],
  ["after", /^after ([\dT:+Z-]+)$/],
  ["words", /^words\b/],
  ["once", /^each \S+ once$/],
  ["one_of", /^one of (.+)$/],
  ["not_empty", /^a file that is not empty$/],
  ["evidence", /^a document, or a note /],
  ["user", /^the user name of somebody of (\S+)$/],
  ["of_school", /^(?:a station|stations|a thing|things|equipment|a resource|resources) of ([A-Z][A-Z0-9-]*)/],
];

function expectedWords(say, lang, expected) {
  for (const [name, sign] of lang === "en" ? [] : EXPECTED) {
    const found = sign.exec(expected);
    if (found) return say(`trouble.expected_${name}`, { a: found[1], b: found[2] });
  }
  return expected;
}

function keepInAddress(values) {
  const url = new URL(window.location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  // browsers count how often a page does this
  if (url.href === window.location.href) return;
  window.history.replaceState(window.history.state, "", url);
}

function choice(label, options, value, onPick) {
  const node = el("select", { "aria-label": label, "data-focus": `select-${label}`,
    onchange: (event) => onPick(event.target.value) },
  ...options.map(([key, words]) => el("option", { value: key, selected: key === value }, words)));
  return el("label", { class: "field" }, el("span", {}, label), node);
}

function segments(label, options, value, onPick) {
  return el("div", { class: "segments", role: "group", "aria-label": label },
    ...options.map(([key, words]) => el("button", {
      type: "button", class: "plain", "aria-pressed": String(key === value),
      "data-focus": `${label}-${key}`, onclick: () => onPick(key),
    }, words)));
}

// A file to hand in, said in the page's language and not in the browser's; `node.files` has it.
function filePicker(say, accept, { isMany = false, onPick = () => {} } = {}) {
  const names = el("span", { class: "small muted" }, say("common.no_file"));
  const field = el("input", {
    type: "file", class: "sr", accept, multiple: isMany, "data-focus": "file",
    onchange: () => {
      names.textContent = [...field.files].map((file) => file.name).join("、") || say("common.no_file");
      onPick([...field.files]);
    },
  });
  const label = el("label", { class: "picker" }, field,
    el("span", { class: "plain" }, `⇪ ${say(isMany ? "common.choose_files" : "common.choose_file")}`), names);
  return { label, field };
}

// The place at the right where one thing is looked at; on a phone it covers the page.
class SidePanel {
  constructor(onClose) {
    this.onClose = onClose;
    this.inside = el("div", { class: "inside" });
    this.dialog = el("dialog", {
      class: "panel",
      "aria-labelledby": "panel-title",
      onclick: (event) => event.target === this.dialog && this.close(),
      onclose: () => this.onClose(),
    }, this.inside);
  }

  get isOpen() {
    return this.dialog.open;
  }

  show(say, title, note, ...parts) {
    const focused = this.dialog.getRootNode().activeElement?.dataset?.focus;
    const close = el("button", {
      type: "button", class: "plain close", "aria-label": say("common.close"),
      "data-focus": "close", onclick: () => this.close(),
    }, "✕");
    fill(this.inside,
      el("header", {}, el("div", {}, el("h2", { id: "panel-title" }, title), note), close), ...parts);
    if (!this.dialog.open) this.dialog.showModal();
    else if (focused) this.inside.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }
}

// A page of its own: `identity` says what is shown, `load` fetches it, `render` draws it.
class WorkView {
  constructor(root) {
    this.root = root;
    this.top = el("div");
    this.body = el("div");
    this.announcer = el("div", { class: "sr", "aria-live": "polite" });
    this.panel = new SidePanel(() => this.closed());
    root.append(this.top, this.body, this.announcer, this.panel.dialog);
    this.hasLoaded = false;
  }

  update(data, component) {
    const before = this.data && this.identity(this.data);
    this.data = data;
    this.component = component;
    this.say = speaker(data.texts);
    if (before !== this.identity(data)) {
      this.hasLoaded = false;
      this.take(data.asked ?? {});
      this.refresh();
    }
    this.draw();
    const handlers = {
      open: () => this.isBroken && this.refresh(),
      changed: () => this.soon(),
    };
    this.stop ??= listen(`${data.api}/changes`, handlers, () => this.broke());
  }

  destroy() {
    this.stop?.();
    clearTimeout(this.timer);
    this.address = () => ({}); // closing tells the view when the address is the next page's
    this.panel.close();
  }

  identity(data) {
    return data.lang;
  }

  take() {}
  closed() {}

  // What the address is to say so that it leads back here; a page of Streamlit's may have changed it.
  address() {
    return {};
  }

  // A house where much happens is asked once in a while, and not for a page that nobody looks at.
  soon() {
    clearTimeout(this.timer);
    const since = Date.now() - Date.parse(this.loadedAt ?? 0);
    const wait = Math.max(SETTLE_MS, CALM_MS - since);
    this.timer = setTimeout(() => (document.hidden ? this.soon() : this.refresh()), wait);
  }

  get isBroken() {
    return this.brokenSince !== null && this.brokenSince !== undefined;
  }

  broke() {
    if (this.isBroken) return;
    this.brokenSince = this.loadedAt ?? "";
    this.draw();
  }

  async refresh() {
    const asked = this.identity(this.data);
    try {
      const take = await this.load();
      if (asked !== this.identity(this.data)) return;
      take();
      this.brokenSince = null;
      this.loadedAt = new Date().toISOString();
      this.hasLoaded = true;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      this.broke();
      return;
    }
    this.draw();
  }

  draw() {
    const { say, data } = this;
    const focused = this.root.getRootNode().activeElement;
    const key = focused?.dataset?.focus;
    // whoever types keeps the field and the words in it
    const isTyping = focused && this.body.contains(focused) && focused.matches("textarea, input[type=text]");
    fill(this.top, this.isBroken
      ? troubleBar(say, data.lang, { since: this.brokenSince, onRetry: () => this.refresh() }) : null);
    if (!this.hasLoaded) {
      fill(this.body, this.isBroken ? null : skeleton(10));
      return;
    }
    if (isTyping && !focused.dataset.keep) return;
    const place = focused?.selectionStart;
    this.render();
    keepInAddress(this.address());
    if (!key || this.panel.isOpen) return;
    const again = this.body.querySelector(`[data-focus="${CSS.escape(key)}"]`);
    again?.focus();
    if (again && typeof place === "number") again.setSelectionRange?.(place, place);
  }

  tell(words) {
    this.announcer.textContent = words;
  }
}
