// Several stations' frozen checks side by side, by module and level and by requirement.

class CompareView extends WorkView {
  identity(data) {
    return data.lang;
  }

  take(asked) {
    this.ids ??= (asked.reviews ?? "").split(",").map(Number).filter((id) => Number.isInteger(id) && id > 0);
    this.filter ??= "differ";
    this.module ??= "";
    this.search ??= "";
  }

  async load() {
    const { api } = this.data;
    const [reviews, stations, matrix] = await Promise.all([
      allPages(`${api}/reviews?oldest_first=true`), allPages(`${api}/stations`), getJson(`${api}/readiness`),
    ]);
    const known = new Set(reviews.map((one) => one.id));
    const ids = this.ids.filter((id) => known.has(id)).slice(0, 6);
    const query = ids.map((id) => `review=${id}`).join("&");
    const found = ids.length ? await getJson(`${api}/reviews/comparison?${query}`) : null;
    return () => {
      Object.assign(this, { ids, reviews, matrix, found });
      this.stations = new Map(stations.map((one) => [one.code, one]));
    };
  }

  render() {
    const { say, found } = this;
    const parts = [this.chosen()];
    if (!found || found.reviews.length < 2) {
      parts.push(el("div", { class: "empty" },
        el("p", {}, say("compare.too_few")), el("p", {}, say("compare.too_few_hint"))));
    } else {
      const lists = new Set(found.reviews.map((one) => one.list_version));
      if (lists.size > 1) parts.push(el("p", { class: "notice" }, `! ${say("compare.lists_differ")}`));
      parts.push(el("h2", {}, say("compare.modules")), this.moduleTable(),
        el("h2", {}, say("compare.rows")), this.rowFilters(), this.rowTable());
    }
    fill(this.body, ...parts);
  }

  change(ids) {
    this.ids = ids;
    keepInAddress({ reviews: ids.join(",") });
    this.refresh();
  }

  chosen() {
    const { say, ids, data } = this;
    const of = new Map(this.reviews.map((one) => [one.id, one]));
    const chips = ids.map((id) => {
      const { station_code: code } = of.get(id);
      return el("span", { class: "pick-chip" }, code, " ", el("button", { type: "button", class: "link",
        "aria-label": say("compare.remove", { station: code }), "data-focus": `remove-${id}`,
        onclick: () => this.change(ids.filter((one) => one !== id)) }, "✕"));
    });
    const others = this.reviews.filter((one) => !ids.includes(one.id) && !REVIEW_OVER.includes(one.state));
    const name = (one) => {
      const station = this.stations.get(one.station_code);
      return `${one.station_code} ${station ? inLanguage(data.lang, station, "organisation_name") : ""}`;
    };
    const add = others.length && ids.length < 6 ? choice(say("compare.add"),
      [["", "—"], ...others.map((one) => [String(one.id), name(one)])], "",
      (value) => value && this.change([...ids, Number(value)])) : null;
    return el("div", { class: "bar", "aria-label": say("compare.pick") }, ...chips, add ?? "");
  }

  heads() {
    const { say, data, found, component } = this;
    return found.reviews.map((one) => {
      const station = this.stations.get(one.station_code);
      return el("th", { scope: "col" },
        innerLink(component, "reviews", { review: one.id, ...data.keep }, one.station_code, { class: "code" }),
        el("div", { class: "small muted" }, station ? inLanguage(data.lang, station, "organisation_name") : ""),
        reviewPill(say, one, data.side),
        el("div", { class: "small muted" },
          `${say("compare.frozen", { at: dayAndTime(data.lang, one.changed_at) })} · ${one.list_version || "—"}`));
    });
  }

  moduleTable() {
    const { say, found } = this;
    const lines = found.modules.map((one) => el("tr", {},
      el("th", { scope: "row" }, el("strong", {}, one.module),
        ` ${say(`module_short.${one.module}`)} · ${say(`level.${one.level}`)}`),
      ...one.cells.map((cell, place) => this.moduleCell(one, cell, found.reviews[place]))));
    return el("div", { class: "scroll" }, el("table", { class: "side" },
      el("thead", {}, el("tr", {}, el("th", {}, ""), ...this.heads())), el("tbody", {}, ...lines)));
  }

  moduleCell(one, cell, review) {
    const { say, matrix } = this;
    const row = matrix.stations.find((station) => station.station === review.station_code);
    const now = row?.cells.find((other) => other.module === one.module && other.level === one.level);
    const count = cell.binding
      ? el("span", { class: "small muted" }, ` ${say("finding.binding")} ${cell.binding}`) : null;
    const differs = cell.status && now?.is_offered && now.status !== cell.status;
    return el("td", {}, statusPill(say, cell.status), count ?? "",
      differs ? el("div", { class: "small now" }, say("review.cell_now", { status: say(`status.${now.status}`) })) : "");
  }

  rowSorts() {
    const share = (cell) => `${cell.met}/${cell.asked}`;
    const rows = this.found.rows.filter((row) => !this.module || row.module_code === this.module);
    return {
      differ: rows.filter((row) => new Set(row.cells.map(share)).size > 1),
      gaps: rows.filter((row) => row.cells.some((cell) => cell.met < cell.asked)),
      all: rows,
    };
  }

  rowFilters() {
    const { say, found } = this;
    const options = Object.entries(this.rowSorts()).map(([name, rows]) =>
      [name, `${say(`compare.filter_${name}`)} ${rows.length}`]);
    const modules = [...new Set(found.rows.map((row) => row.module_code))].sort();
    const search = el("input", { type: "search", placeholder: say("review.search"),
      "aria-label": say("review.search"), value: this.search, "data-focus": "compare-search",
      oninput: (event) => {
        this.search = event.target.value;
        this.draw();
      } });
    return el("div", { class: "bar" },
      segments(say("desk.show"), options, this.filter, (name) => {
        this.filter = name;
        this.draw();
      }),
      choice(say("compare.module"), [["", say("compare.any_module")], ...modules.map((one) => [one, one])],
        this.module, (value) => {
          this.module = value;
          this.draw();
        }),
      search);
  }

  rowTable() {
    const { say, data, found } = this;
    const wanted = this.search.trim().toLowerCase();
    const rows = this.rowSorts()[this.filter].filter((row) =>
      !wanted || `${row.row_id} ${row.item_zh} ${row.item_en}`.toLowerCase().includes(wanted));
    if (!rows.length) {
      return el("div", { class: "empty" }, el("p", {}, say("compare.none")), el("p", {}, say("compare.none_hint")));
    }
    const all = this.rowSorts().all;
    const unmet = found.reviews.map((_, place) =>
      all.filter((row) => row.cells[place].met < row.cells[place].asked).length);
    const lines = rows.map((row) => el("tr", { "data-row": row.row_id },
      el("th", { scope: "row" }, inLanguage(data.lang, row, "item"), el("span", { class: "muted small" }, ` ${row.row_id}`)),
      ...row.cells.map((cell) => el("td", {}, rowPill(say, cell)))));
    return el("div", { class: "scroll" }, el("table", { class: "side" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("review.col_item")),
        ...found.reviews.map((one, place) => el("th", { scope: "col" }, el("strong", {}, one.station_code),
          el("div", { class: "small muted" }, say("compare.unmet_total", { n: unmet[place] })))))),
      el("tbody", {}, ...lines)));
  }
}

export default function (component) {
  return mounted(component, CompareView);
}
