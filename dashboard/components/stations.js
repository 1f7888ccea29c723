// The matrix station × module × level with its figures; it keeps itself up to date.

const WORST = ["ready", "advice_only", "unknown", "not_ready"];
const NARROW_PX = 760;

function worstOf(cells) {
  const offered = cells.filter((cell) => cell.is_offered);
  if (!offered.length) return "unknown";
  return WORST[Math.max(...offered.map((cell) => WORST.indexOf(cell.status)))];
}

function cellLook(cell) {
  if (!cell.is_offered) return { kind: "na", status: "none" };
  if (cell.status !== "not_ready") {
    const kind = { ready: "ready", advice_only: "advice", unknown: "unknown" }[cell.status];
    return { kind, status: cell.status };
  }
  const kinds = new Set(cell.blocking.map((fault) => fault.kind));
  if (kinds.has("bench_fault")) return { kind: "not", status: "fault" };
  if (kinds.has("bench_silent") || kinds.has("bench_never_seen")) {
    return { kind: "not", status: "offline" };
  }
  return { kind: "not", status: "not_ready" };
}

function cellKey(row, cell) {
  return `${row.station}|${cell.module}|${cell.level}`;
}

class StationsView {
  constructor(root) {
    this.root = root;
    this.body = el("div", { class: "stations" });
    this.announcer = el("div", { class: "sr", "aria-live": "polite" });
    // the matrix may have been drawn anew meanwhile, so the browser has nothing to give focus back to
    const giveFocusBack = (row, cell) => this.node(cellKey(row, cell))?.focus();
    this.drawer = new Drawer(() => this.component, giveFocusBack);
    root.append(this.body, this.announcer, this.drawer.dialog);
    this.brokenSince = null;
    this.looks = new Map();
    this.isNarrow = null;
    this.observer = new ResizeObserver(() => {
      const isNarrow = this.root.clientWidth < NARROW_PX;
      if (isNarrow !== this.isNarrow && this.data) this.render();
    });
    this.observer.observe(root);
  }

  update(data, component) {
    this.component = component;
    const isNew = data.loaded_at !== this.data?.loaded_at;
    this.data = isNew || !this.data ? { ...data } : { ...data, ...this.fresh };
    if (isNew) {
      this.fresh = {};
      this.brokenSince = data.stale_since;
    }
    this.say = speaker(data.texts);
    this.drawer.update(this.data, this.say);
    this.render();
    const url = `${data.api}/changes`;
    if (this.url !== url) {
      this.url = url;
      this.stop?.();
      const handlers = { changed: () => this.refresh() };
      this.stop = listen(url, handlers, () => this.broke());
    }
  }

  destroy() {
    this.stop?.();
    this.observer.disconnect();
    this.drawer.close();
  }

  broke() {
    if (this.brokenSince) return;
    this.brokenSince = this.data.loaded_at;
    this.render();
  }

  async refresh() {
    if (this.isLoading) {
      this.isOverdue = true;
      return;
    }
    this.isLoading = true;
    const { api, date } = this.data;
    try {
      const [matrix, benches] = await Promise.all([
        getJson(`${api}/readiness${date ? `?date=${date}` : ""}`),
        getJson(`${api}/benches?limit=200`),
      ]);
      this.brokenSince = null;
      this.fresh = { matrix, benches: benches.items };
      Object.assign(this.data, this.fresh);
      this.render();
      this.drawer.refresh(this.data);
    } catch {
      this.broke();
    } finally {
      this.isLoading = false;
      if (this.isOverdue) {
        this.isOverdue = false;
        this.refresh();
      }
    }
  }

  rows() {
    const { matrix, use } = this.data;
    return matrix.stations.filter((row) => use === "all" || row.use === use);
  }

  render() {
    const { say, data } = this;
    const focused = this.root.getRootNode().activeElement?.dataset?.cell;
    this.isNarrow = this.root.clientWidth < NARROW_PX;
    const rows = this.rows();
    const before = this.looks;
    this.looks = new Map();
    const parts = [this.figures(rows), this.notes()];
    if (!rows.length) parts.push(this.empty());
    else parts.push(this.isNarrow ? this.cards(rows) : this.table(rows));
    parts.push(this.benches(rows));
    if (this.brokenSince) {
      const onRetry = () => this.refresh();
      parts.unshift(troubleBar(say, data.lang, { since: this.brokenSince, onRetry }));
    }
    fill(this.body, ...parts);
    if (focused) this.node(focused)?.focus();
    this.announce(before);
  }

  announce(before) {
    const changed = [];
    for (const [key, { text, look }] of this.looks) {
      if (!before.has(key) || before.get(key).look.status === look.status) continue;
      changed.push(text);
      this.node(key)?.classList.add("changed");
    }
    if (changed.length) this.announcer.textContent = changed.slice(0, 4).join("；");
  }

  node(key) {
    return this.body.querySelector(`[data-cell="${CSS.escape(key)}"]`);
  }

  empty() {
    const { say, data } = this;
    const isFiltered = data.matrix.stations.length > 0;
    return el(
      "div",
      { class: "empty" },
      el("p", {}, say(isFiltered ? "stations.none_of_use" : "stations.none")),
      el("p", {}, say(isFiltered ? "stations.none_of_use_hint" : "stations.none_hint")),
    );
  }

  figures(rows) {
    const { say, data } = this;
    const worst = rows.map((row) => worstOf(row.cells));
    const good = worst.filter((one) => one === "ready" || one === "advice_only").length;
    const advised = worst.filter((one) => one === "advice_only").length;
    const bad = worst.filter((one) => one === "not_ready").length;
    const cells = rows.flatMap((row) => row.cells).filter((cell) => cell.is_offered);
    const badCells = cells.filter((cell) => cell.status === "not_ready").length;
    const benches = this.benchesOf(rows);
    const online = benches.filter((one) => one.liveness === "online").length;
    const inUse = benches.filter((one) => one.is_in_use).length;
    const known = benches.some((one) => one.open_faults !== null);
    const faults = benches.reduce((sum, one) => sum + (one.open_faults ?? 0), 0);
    const blocked = benches.filter((one) => one.open_faults && one.is_working === false).length;
    const offline = benches.length - online;
    const rest = rows.length - good;
    const readyNote = rest ? say("stations.ready_rest", { n: rest })
      : advised ? say("stations.ready_advice", { n: advised }) : say("stations.ready_note");
    return el(
      "div",
      { class: "figures" },
      this.figure("stations.ready", `${good} / ${rows.length}`, readyNote),
      this.figure("stations.action", bad, say("stations.action_note", { n: badCells }), bad && "bad"),
      this.figure("stations.online", `${online} / ${benches.length}`,
        offline ? say("stations.offline_note", { n: offline }) : say("stations.in_use", { n: inUse })),
      this.figure("stations.faults", known ? faults : "—",
        known ? say("stations.faults_note", { n: blocked }) : say("stations.inside_only"),
        faults && "bad"),
    );
  }

  figure(key, value, note, kind) {
    return el(
      "div",
      { class: `figure ${kind || ""}`, "data-figure": key },
      el("div", { class: "label" }, this.say(key)),
      el("div", { class: "value" }, String(value)),
      el("div", { class: "note" }, note),
    );
  }

  notes() {
    const { say, data } = this;
    const legend = [
      ["ready", "ready"], ["advice", "advice_only"], ["not", "not_ready"], ["not", "fault"],
      ["unknown", "unknown"], ["na", "none"],
    ].map(([kind, status]) =>
      pill(kind, say(`glyph.${status}`), say(`status.${status}`), {
        title: say(`stations.legend_${status}`),
      }));
    const isPartial = data.matrix.live_evidence !== "available";
    return el(
      "div",
      { class: "notes" },
      el("div", { class: "legend", "aria-label": say("stations.legend") }, ...legend),
      isPartial ? el("span", { class: "tag" }, say("stations.no_live_evidence")) : null,
    );
  }

  groups(rows) {
    const groups = new Map();
    for (const row of rows) {
      if (!groups.has(row.organisation_code)) groups.set(row.organisation_code, []);
      groups.get(row.organisation_code).push(row);
    }
    return groups;
  }

  groupTitle(code, rows) {
    const { say, data } = this;
    const known = data.organisations[code];
    const lists = [...new Set(rows.map((row) => row.list_version))].filter(Boolean);
    const isDraft = rows.some((row) => !row.is_official_list);
    return [
      el("strong", {}, known ? inLanguage(data.lang, known, "name") : code),
      rows.some((row) => row.is_demonstration)
        ? el("span", { class: "tag demo" }, say("common.demonstration")) : null,
      lists.length
        ? el("span", { class: "muted small" }, `${say("common.list")} ${lists.join(" · ")}`) : null,
      lists.length && isDraft ? el("span", { class: "tag" }, say("common.draft")) : null,
    ];
  }

  station(row) {
    const { data, component } = this;
    const query = { station: row.station, ...data.keep };
    return [
      innerLink(component, "station", query, row.station, { class: "code" }),
      el("span", { class: "muted name" }, inLanguage(data.lang, row, "name")),
    ];
  }

  cell(row, cell) {
    const { say } = this;
    const look = cellLook(cell);
    const key = cellKey(row, cell);
    const counts = cell.binding === null ? "" : say("stations.counts", cell);
    const faults = cell.blocking.map((fault) => `${fault.bench_code} ${fault.dtc ?? ""}`).join(", ");
    const text = [
      row.station, cell.module, say(`level.${cell.level}`), say(`status.${look.status}`), counts,
      faults,
    ].filter(Boolean).join(" ");
    this.looks.set(key, { text, look });
    if (look.kind === "na") {
      return el("span", { class: "pill s-na", title: say("stations.legend_none") }, say("glyph.none"));
    }
    return el(
      "button",
      {
        type: "button", class: `pill s-${look.kind}`, "data-cell": key, "data-status": look.status,
        "aria-label": text, title: text, onclick: () => this.drawer.open(row, cell),
      },
      el("span", { class: "glyph", "aria-hidden": "true" }, say(`glyph.${look.status}`)),
      el("span", {}, say(`status.${look.status}`)),
    );
  }

  overall(row) {
    const worst = worstOf(row.cells);
    return overallPill(this.say, worst, { "data-overall": row.station });
  }
}

export default function (component) {
  return mounted(component, StationsView);
}
