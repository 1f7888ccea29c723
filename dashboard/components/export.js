// Ordering files of what is shown, following how far they are, fetching and removing them.

const FOLLOW_EVERY_MS = 1000;
const FORMATS = ["csv", "parquet", "mf4"];
const UNFINISHED = ["waiting", "running"];

async function sendJson(method, url, body) {
  const answer = await fetch(url, {
    method,
    headers: { "Content-Type": "application/json", "X-Stationmaster": "1" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (answer.status === 401) window.location.reload();
  if (!answer.ok) throw new Refused(answer.status);
}

function bytes(count) {
  if (count < 1e6) return `${Math.max(1, Math.round(count / 1e3))} KB`;
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`;
}

const ExportParts = {
  openExport() {
    const { say } = this;
    const { start, end } = this.span();
    const at = (ms) => dateAndTime(this.data.lang, ms);
    const radio = (name, value, text, isOn) => el("label", {},
      el("input", { type: "radio", name, value, checked: isOn, onchange: () => showMark() }), text);
    const mark = el("label", {}, el("input", { type: "checkbox", name: "bom", checked: true }), say("export.bom"));
    const form = el("form", { onsubmit: (event) => this.order(event, { start, end }) },
      el("p", { class: "muted" }, say("export.what", { bench: this.code, start: at(start), end: at(end) })),
      el("fieldset", {}, el("legend", {}, say("export.format")),
        ...FORMATS.map((one) => radio("format", one, say(`export.${one}`), one === FORMATS[0])), mark),
      el("fieldset", {}, el("legend", {}, say("history.signals")),
        this.chosen.length ? radio("signals", "chosen", say("export.chosen", { n: this.chosen.length }), true) : null,
        radio("signals", "all", say("export.all"), !this.chosen.length)),
      el("button", { type: "submit", class: "primary" }, say("export.start")));
    const showMark = () => (mark.hidden = form.elements.format.value !== "csv");
    this.refusal = el("p", { class: "refusal", role: "alert" });
    this.jobs = el("div", { class: "jobs", "aria-live": "polite" });
    this.dialog?.remove();
    this.dialog = el("dialog", { class: "export", "aria-label": say("export.title"), onclose: () => this.stopExports?.() },
      el("div", { class: "head" }, el("h2", {}, say("export.title")),
        el("button", { type: "button", class: "plain", "aria-label": say("common.close"),
          onclick: () => this.dialog.close() }, "✕")),
      form, this.refusal, el("h3", {}, say("export.mine")), this.jobs);
    this.root.append(this.dialog);
    this.dialog.showModal();
    this.follow();
  },

  async order(event, { start, end }) {
    event.preventDefault();
    const { format, signals, bom } = event.target.elements;
    const iso = (ms) => new Date(ms).toISOString();
    const wanted = { from: iso(start), to: iso(end), format: format.value, bom: bom.checked };
    const isAll = (signals.value ?? signals.defaultValue) === "all";
    if (!isAll) wanted.signals = this.chosen;
    const path = `${this.data.api}/benches/${encodeURIComponent(this.code)}/exports`;
    await this.tried(() => sendJson("POST", path, wanted));
    this.follow();
  },

  async tried(act) {
    try {
      await act();
      this.refusal.textContent = "";
    } catch (failed) {
      const known = { 429: "export.too_many", 503: "export.no_room" }[failed.status];
      this.refusal.textContent = known ? this.say(known) : failed.status
        ? this.say("trouble.server", { status: failed.status }) : this.say("trouble.connection");
    }
  },

  async follow() {
    this.stopExports?.();
    let timer = null;
    let isOver = false;
    this.stopExports = () => {
      isOver = true;
      clearTimeout(timer);
    };
    const look = async () => {
      let found = null;
      try {
        found = await getJson(`${this.data.api}/exports`);
      } catch {
        // the next look may succeed
      }
      if (isOver) return;
      if (found) this.showJobs(found);
      if (!found || found.some((one) => UNFINISHED.includes(one.state))) timer = setTimeout(look, FOLLOW_EVERY_MS);
    };
    await look();
  },

  showJobs(found) {
    const { say } = this;
    fill(this.jobs, ...found.map((one) => this.job(one)),
      found.length ? null : el("p", { class: "muted" }, say("export.none")));
  },

  job(one) {
    const { say } = this;
    const isOpen = UNFINISHED.includes(one.state);
    const at = (iso) => dateAndTime(this.data.lang, Date.parse(iso));
    const path = `${this.data.api}/exports/${one.id}`;
    const end = el("button", { type: "button", class: "plain", onclick: async () => {
      await this.tried(() => sendJson("DELETE", path));
      this.follow();
    } }, say(isOpen ? "export.cancel" : "export.remove"));
    return el("div", { class: "job", "data-state": one.state },
      el("div", { class: "what" },
        el("strong", {}, `${one.bench} · ${one.format.toUpperCase()}`),
        el("span", { class: "muted small" }, `${at(one.start)} – ${at(one.end)}`)),
      el("div", { class: "state" }, ...this.jobState(one)),
      one.file ? el("a", { class: "plain fetch", href: one.file, download: "" }, say("export.fetch")) : null,
      end);
  },

  jobState(one) {
    const { say } = this;
    const number = (count) => count.toLocaleString("en-US");
    const word = el("span", {}, say(`export_state.${one.state}`));
    if (one.state === "failed") return [word, el("span", { class: "muted small" }, say(`export_trouble.${one.trouble}`))];
    if (one.state === "done") {
      return [el("span", {}, say("export.done", { rows: number(one.rows_done), size: bytes(one.size_bytes) })),
        el("span", { class: "muted small" }, say("export.expires", { at: dateAndTime(this.data.lang, Date.parse(one.expires_at)) }))];
    }
    if (one.state !== "running") return [word];
    const isCounted = one.rows_total !== null;
    const text = isCounted
      ? say("export.rows", { done: number(one.rows_done), total: number(one.rows_total) })
      : say("export.counting");
    return [el("progress", isCounted ? { max: one.rows_total || 1, value: one.rows_done } : {}),
      el("span", { class: "muted small" }, text)];
  },
};

Object.assign(HistoryView.prototype, ExportParts);

export default function (component) {
  return mounted(component, HistoryView);
}
