// Every requirement row of a station by module and level; each cell opens what is behind it.

const NARROW_PX = 900;
const WORST_FIRST = ["not_ready", "unknown", "advice_only", "ready"];
const LOOKS = { ready: "ready", advice_only: "advice", unknown: "unknown", not_ready: "not" };
const SHOWN_AT_ONCE = 120;
const FILTERS = { list: "", module: "", level: "", show: "open", authority: "", text: "", task: "" };

const worst = (cells) => WORST_FIRST.find((one) => cells.some((cell) => cell.status === one)) ?? "ready";
const amount = (value) => (value === null ? "?" : String(Number(value.toFixed(2))));

class GapsView extends WorkView {
  constructor(root) {
    super(root);
    this.filters = { ...FILTERS };
    this.most = SHOWN_AT_ONCE;
    this.observer = new ResizeObserver(() => {
      const isNarrow = this.root.clientWidth < NARROW_PX;
      if (isNarrow !== this.isNarrow && this.hasLoaded) this.draw();
    });
    this.observer.observe(root);
  }

  destroy() {
    super.destroy();
    this.observer.disconnect();
  }

  identity(data) {
    return JSON.stringify([data.lang, data.station.code, data.use, data.date]);
  }

  take(asked) {
    for (const name of Object.keys(FILTERS)) if (asked[name]) this.filters[name] = asked[name];
    this.cell = null;
    this.most = SHOWN_AT_ONCE;
    this.panel.close();
  }

  query(more = {}) {
    const { use, date } = this.data;
    const asked = { use, date, list: this.filters.list, ...more };
    return new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  }

  get base() {
    return `${this.data.api}/stations/${encodeURIComponent(this.data.station.code)}`;
  }

  async load() {
    const { api, station } = this.data;
    const code = encodeURIComponent(station.code);
    const [gaps, tasks, lists] = await Promise.all([
      this.askGaps(),
      allPages(`${api}/rectifications?station=${code}`),
      allPages(`${api}/lists`),
    ]);
    return () => {
      this.gaps = gaps;
      this.lists = lists;
      this.tasks = new Map(tasks.map((one) =>
        [`${one.list_version}|${one.row_id}|${one.kind}`, one]));
      if (this.panel.isOpen) this.look();
    };
  }

  // A list that the address names may be no more, or not this school's: then the one that applies.
  async askGaps() {
    try {
      return await getJson(`${this.base}/gaps?${this.query()}`);
    } catch (error) {
      if (error.status !== 404 || !this.filters.list) throw error;
      this.filters.list = "";
      return getJson(`${this.base}/gaps?${this.query()}`);
    }
  }

  taskOf(rowId, kind) {
    return this.tasks.get(`${this.gaps.list_version}|${rowId}|${kind}`);
  }

  taskOfRow(row) {
    const kinds = new Set(row.cells.flatMap((cell) => cell.kinds));
    return [...kinds].map((kind) => this.taskOf(row.row_id, kind)).find(Boolean);
  }

  set(values) {
    Object.assign(this.filters, values);
    this.most = SHOWN_AT_ONCE;
    if ("list" in values) this.refresh();
    this.draw();
  }

  address() {
    return { ...this.filters, show: this.filters.show === "open" ? "" : this.filters.show };
  }

  // The rows that the filters leave, each with the cells they leave of it.
  rows() {
    const { module, level, show, authority, text, task } = this.filters;
    const sought = text.trim().toLowerCase();
    const found = [];
    for (const row of this.gaps.rows) {
      if (authority && row.authority !== authority) continue;
      const words = `${row.row_id} ${row.item.zh} ${row.item.en} ${row.category}`.toLowerCase();
      if (sought && !words.includes(sought)) continue;
      const cells = row.cells.filter((cell) =>
        (!module || cell.module === module) && (!level || cell.level === level));
      if (!cells.length) continue;
      const isWanted = show === "all" || cells.some((cell) =>
        (show === "open" ? cell.status !== "ready" : cell.status === show));
      if (!isWanted) continue;
      const its = this.taskOfRow(row);
      if ((task === "yes" && !its) || (task === "no" && its)) continue;
      found.push({ ...row, cells, status: worst(cells), task: its });
    }
    return found;
  }

  columns() {
    const { module, level } = this.filters;
    return this.gaps.columns.filter((one) =>
      (!module || one.module === module) && (!level || one.level === level));
  }

  render() {
    this.isNarrow = this.root.clientWidth < NARROW_PX;
    const { gaps, say } = this;
    if (!gaps.list_version) {
      fill(this.body, el("div", { class: "empty" },
        el("p", {}, say("stations.no_list")), el("p", {}, say("gaps.no_list_hint"))));
      return;
    }
    const rows = this.rows();
    const shown = rows.slice(0, this.most);
    fill(this.body,
      this.figures(),
      this.filterBar(),
      this.notes(),
      rows.length ? null : this.nothing(),
      rows.length && this.isNarrow ? this.cards(shown) : null,
      rows.length && !this.isNarrow ? this.table(shown) : null,
      rows.length > shown.length ? el("button", {
        type: "button", class: "plain more", "data-focus": "more",
        onclick: () => {
          this.most = Infinity;
          this.draw();
        },
      }, say("gaps.more", { n: rows.length - shown.length })) : null);
  }

  nothing() {
    const { say, filters } = this;
    const isFiltered = Object.keys(FILTERS).some((name) => filters[name] !== FILTERS[name]);
    return el("div", { class: "empty" },
      el("p", {}, say(isFiltered ? "gaps.none_of_filter" : "gaps.none")),
      isFiltered
        ? el("button", { type: "button", class: "plain", "data-focus": "reset",
          onclick: () => this.set({ ...FILTERS }) }, say("gaps.reset"))
        : el("p", {}, say("gaps.none_hint")));
  }

  // What stands for all rows of a module and level, such as that the station does not offer it.
  notes() {
    const { data } = this;
    const found = new Map();
    for (const column of this.columns()) {
      for (const one of column.findings) {
        const { columns = [] } = found.get(one.kind) ?? {};
        found.set(one.kind, { one, columns: [...columns, column] });
      }
    }
    if (!found.size) return null;
    return el("ul", { class: "notes" }, ...[...found.values()].map(({ one, columns }) =>
      el("li", {}, el("strong", {}, this.say(`kind.${one.kind}`)),
        `：${columns.map((column) => this.columnName(column)).join("、")} · ${bilingual(data.lang, one.remedy)}`)));
  }

  columnName(one) {
    return `${one.module} ${this.say(`level.${one.level}`)}`;
  }
}

export default function (component) {
  return mounted(component, GapsView);
}
