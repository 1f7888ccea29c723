// Which stations another edition of the list would change, and why.

const EDITION_PAGE = 10;

class EditionsView extends WorkView {
  identity(data) {
    return data.lang;
  }

  take(asked) {
    this.since ??= asked.since ?? "";
    this.version ??= asked.list ?? "";
    this.filter ??= "changed";
    this.run ??= 0;
    this.checked ??= [];
    this.total ??= 0;
  }

  async load() {
    const { api } = this.data;
    const [lists, stations] = await Promise.all([allPages(`${api}/lists`), allPages(`${api}/stations`)]);
    return () => {
      this.lists = lists;
      this.stations = new Map(stations.map((one) => [one.code, one]));
      if (!this.isStarted) {
        this.isStarted = true;
        // the latest import is the one somebody wonders about
        this.version ||= lists[0]?.version ?? "";
        this.since ||= lists.find((one) => one.version !== this.version)?.version ?? "";
        this.check();
      }
    };
  }

  async check() {
    const { api } = this.data;
    this.run += 1;
    const { run, since, version } = this;
    Object.assign(this, { checked: [], total: 0, rows: null, failed: false });
    this.draw();
    if (!since || !version || since === version) return;
    const asked = new URLSearchParams({ since, list: version });
    try {
      const changes = await getJson(`${api}/lists/${encodeURIComponent(version)}/changes?${new URLSearchParams({ since })}`);
      if (run !== this.run) return;
      this.rows = changes;
      let offset = 0;
      while (offset !== null && run === this.run) {
        const page = await getJson(`${api}/readiness/editions?${asked}&limit=${EDITION_PAGE}&offset=${offset}`);
        if (run !== this.run) return;
        this.checked.push(...page.items);
        this.total = page.total;
        offset = page.next;
        this.draw();
      }
    } catch (error) {
      if (run !== this.run) return;
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      this.failed = true;
    }
    this.draw();
  }

  render() {
    const { say, lists, since, version } = this;
    if (lists.length < 2) {
      fill(this.body, el("div", { class: "empty" },
        el("p", {}, say("editions.only_one")), el("p", {}, say("editions.only_one_hint"))));
      return;
    }
    const parts = [this.choices()];
    if (since === version) parts.push(el("p", { class: "notice" }, `! ${say("editions.same")}`));
    else if (this.failed) parts.push(troubleBar(say, this.data.lang, { since: null, onRetry: () => this.check() }));
    else if (!this.rows) parts.push(skeleton(8));
    else parts.push(this.figures(), this.progress(), this.filters(), this.list());
    fill(this.body, ...parts);
  }

  choices() {
    const { say, lists } = this;
    const options = lists.map((one) => [one.version, [
      one.version, one.title, one.is_official ? "" : say("editions.draft"),
      one.valid_from ? say("editions.valid_from", { day: one.valid_from }) : "",
    ].filter(Boolean).join(" · ")]);
    const pick = (name, parameter) => (value) => {
      this[name] = value;
      keepInAddress({ [parameter]: value });
      this.check();
    };
    return el("div", { class: "bar" },
      choice(say("editions.since"), options, this.since, pick("since", "since")),
      el("span", { "aria-hidden": "true" }, "→"),
      choice(say("editions.list"), options, this.version, pick("version", "list")));
  }

  figures() {
    const { say, rows, checked } = this;
    const worse = checked.filter((one) => one.cells.some((cell) => editionStep(cell) > 0)).length;
    const figure = (key, value, note, isBad = false) => el("div", { class: `figure ${isBad ? "bad" : ""}`, "data-figure": key },
      el("div", { class: "label" }, say(`editions.${key}`)), el("div", { class: "value" }, value),
      el("div", { class: "note" }, note));
    return el("div", { class: "figures" },
      figure("stations_worse", worse ? `✕ ${worse}` : "0", say("editions.stations_note", { n: checked.length }), worse > 0),
      figure("rows_added", rows.added.length, ""), figure("rows_removed", rows.removed.length, ""),
      figure("rows_changed", rows.changed.length, ""));
  }

  progress() {
    const { say, checked, total } = this;
    if (checked.length >= total && total) return null;
    return el("p", { class: "muted", role: "status" },
      say("editions.progress", { n: checked.length, all: total || "…" }),
      " ", total ? el("progress", { value: checked.length, max: total }) : "");
  }

  sorts() {
    const isChanged = (one) => one.cells.some((cell) =>
      cell.status_before !== cell.status_after || cell.binding_before !== cell.binding_after);
    return { changed: this.checked.filter(isChanged), all: this.checked };
  }

  filters() {
    const { say } = this;
    const options = Object.entries(this.sorts()).map(([name, ones]) =>
      [name, `${say(`editions.filter_${name}`)} ${ones.length}`]);
    return el("div", { class: "bar" }, segments(say("desk.show"), options, this.filter, (name) => {
      this.filter = name;
      this.draw();
    }));
  }

  list() {
    const { say, total, checked } = this;
    const shown = this.sorts()[this.filter];
    if (!shown.length && total && checked.length >= total) {
      return el("div", { class: "empty" }, el("p", {}, say("editions.none")), el("p", {}, say("editions.none_hint")));
    }
    return el("div", { class: "edition-cards" }, ...shown.map((one) => this.card(one)));
  }

  card(one) {
    const { say, data } = this;
    const station = this.stations.get(one.station);
    const head = el("header", {}, el("strong", {}, one.station),
      el("span", {}, station ? ` ${inLanguage(data.lang, station, "name")}` : ""),
      el("span", { class: "muted small" }, station ? ` ${inLanguage(data.lang, station, "organisation_name")}` : ""));
    if (!one.cells.length) {
      return el("article", { class: "box" }, head, el("p", { class: "muted" }, say("editions.unknown")));
    }
    const moved = one.cells.filter((cell) => this.filter === "all"
      || cell.status_before !== cell.status_after || cell.binding_before !== cell.binding_after);
    return el("article", { class: "box", "data-station": one.station }, head,
      el("ul", { class: "moved" }, ...moved.map((cell) => this.cell(one, cell))));
  }

  cell(one, cell) {
    const { say } = this;
    const step = editionStep(cell);
    const word = step > 0 ? say("editions.worse") : step < 0 ? say("editions.better") : "";
    return el("li", {}, el("button", { type: "button", class: "plain move", "data-cell": `${cell.module}|${cell.level}`,
      "data-focus": `move-${one.station}-${cell.module}-${cell.level}`, onclick: () => this.openCell(one, cell) },
    el("span", { class: "where" }, `${cell.module} ${say(`level.${cell.level}`)}`),
    statusPill(say, cell.status_before), el("span", { "aria-hidden": "true" }, "→"), statusPill(say, cell.status_after),
    el("span", { class: "small muted" }, say("editions.counts", { before: cell.binding_before, after: cell.binding_after })),
    word ? el("span", { class: "chip" }, word) : ""));
  }

  async openCell(one, cell) {
    const { say, data } = this;
    const title = `${one.station} · ${cell.module} · ${say(`level_full.${cell.level}`)}`;
    const note = el("p", { class: "muted" }, say("editions.from_to", { before: this.since, after: this.version }));
    this.panel.show(say, title, note, skeleton(6));
    const asked = new URLSearchParams({ module: cell.module, level: cell.level, list: this.version, since: this.since });
    try {
      const path = `${data.api}/stations/${encodeURIComponent(one.station)}/readiness/editions?${asked}`;
      const found = await getJson(path);
      const list = (findings) => el("ul", { class: "found" }, ...findings.map((finding) =>
        el("li", { class: finding.is_binding ? "binding" : "" },
          el("div", { class: "small" },
            el("strong", { class: "force" }, say(finding.is_binding ? "finding.binding" : "finding.advice")),
            ` ${say(`kind.${finding.kind}`)} · ${finding.row_id}`),
          el("strong", {}, bilingual(data.lang, finding.item)),
          el("p", {}, bilingual(data.lang, finding.reason)),
          el("p", { class: "remedy" }, `→ ${bilingual(data.lang, finding.remedy)}`))));
      this.panel.show(say, title, note,
        el("section", {}, el("h3", {}, say("editions.come", { n: found.come.length })), list(found.come)),
        el("section", {}, el("h3", {}, say("editions.gone", { n: found.gone.length })), list(found.gone)),
        el("p", { class: "muted" }, say("editions.stay", { n: found.stay })));
    } catch {
      this.panel.show(say, title, note, el("p", { class: "refused" }, say("trouble.details")));
    }
  }
}

// Above zero: the edition makes it worse; below: better.
function editionStep(cell) {
  if (!cell.status_before || !cell.status_after) return 0;
  const status = STATUS_ORDER.indexOf(cell.status_after) - STATUS_ORDER.indexOf(cell.status_before);
  return status || cell.binding_after - cell.binding_before;
}

export default function (component) {
  return mounted(component, EditionsView);
}
