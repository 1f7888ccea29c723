// The drawer at the right that says why a cell is as it is.

const SHOWN_FINDINGS = 6;

class Drawer {
  constructor(component, onClose) {
    this.component = component;
    this.dialog = el("dialog", {
      class: "drawer",
      "aria-labelledby": "drawer-title",
      onclick: (event) => event.target === this.dialog && this.close(),
      onclose: () => onClose(this.row, this.cell),
    });
  }

  update(data, say) {
    this.data = data;
    this.say = say;
    if (this.dialog.open) this.fill();
  }

  refresh(data) {
    this.data = data;
    if (!this.dialog.open) return;
    const row = data.matrix.stations.find((one) => one.station === this.row.station);
    const same = (one) => one.module === this.cell.module && one.level === this.cell.level;
    const cell = row?.cells.find(same);
    if (!cell) return;
    this.row = row;
    this.cell = cell;
    this.load();
  }

  open(row, cell) {
    this.row = row;
    this.cell = cell;
    this.result = null;
    this.hasFailed = false;
    this.fill();
    if (!this.dialog.open) this.dialog.showModal();
    this.load();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  async load() {
    const { row, cell, data } = this;
    if (cell.binding === null) return;
    const query = new URLSearchParams({ module: cell.module, level: cell.level });
    if (data.date) query.set("date", data.date);
    try {
      const code = encodeURIComponent(row.station);
      const result = await getJson(`${data.api}/stations/${code}/readiness?${query}`);
      if (this.cell !== cell) return;
      this.result = result;
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    }
    this.fill();
  }

  fill() {
    const { say, row, cell, data } = this;
    const look = cellLook(cell);
    const close = el("button", {
      type: "button", class: "plain close", "aria-label": say("common.close"),
      onclick: () => this.close(),
    }, "✕");
    this.dialog.replaceChildren(
      el(
        "div",
        { class: "inside" },
        el(
          "header",
          {},
          el("div", {},
            el("h2", { id: "drawer-title" }, `${row.station} · ${cell.module} · ${say(`level.${cell.level}`)}`),
            el("p", { class: "muted" },
              `${inLanguage(data.lang, row, "name")} · ${say(`module.${cell.module}`)}`)),
          close,
        ),
        el("p", { class: "verdict" },
          pill(look.kind, say(`glyph.${look.status}`), say(`status.${look.status}`)),
          cell.binding === null ? null : el("span", {}, say("stations.counts", cell))),
        this.content(),
        el("footer", {}, this.link()),
      ),
    );
  }

  link() {
    const { row, cell, data, say } = this;
    const query = { station: row.station, module: cell.module, level: cell.level, ...data.keep };
    if (data.date) query.date = data.date;
    return innerLink(this.component(), "station", query, say("stations.all_findings"), {
      class: "primary",
    });
  }

  content() {
    const { say, cell, result, data } = this;
    if (cell.binding === null) return el("p", { class: "muted" }, say("stations.visitor_note"));
    if (!result) {
      return this.hasFailed ? el("p", { class: "muted" }, say("trouble.details")) : skeleton(8);
    }
    if (!result.findings.length) return el("p", {}, say("stations.nothing_missing"));
    const sorted = [...result.findings].sort((a, b) => rank(a) - rank(b));
    const rest = sorted.length - SHOWN_FINDINGS;
    return el(
      "ul",
      { class: "findings" },
      ...sorted.slice(0, SHOWN_FINDINGS).map((finding) =>
        el(
          "li",
          { class: finding.is_binding ? "binding" : "" },
          el("div", { class: "small" },
            el("span", { class: "force" }, say(finding.is_binding ? "finding.binding" : "finding.advice")),
            el("span", { class: "muted" }, say(`kind.${finding.kind}`)),
            finding.bench?.dtc ? el("code", {}, finding.bench.dtc) : null),
          el("strong", {}, bilingual(data.lang, finding.item)),
          el("p", {}, bilingual(data.lang, finding.reason)),
          el("p", { class: "remedy" }, `→ ${bilingual(data.lang, finding.remedy)}`),
        )),
      rest > 0 ? el("li", { class: "muted more" }, say("stations.more_findings", { n: rest })) : null,
    );
  }
}

function rank(finding) {
  const isLive = finding.bench !== null;
  return (finding.is_binding ? 0 : 2) + (isLive ? 0 : 1);
}
