// The two shapes of the matrix: a table where there is room, a card per station on a phone.

const MatrixShapes = {
  table(rows) {
    const { say, data } = this;
    const { modules, levels } = data.matrix;
    const head = el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { rowspan: 2, scope: "col", class: "first" }, say("stations.station")),
        el("th", { rowspan: 2, scope: "col", class: "overall" }, say("stations.overall")),
        ...modules.map((module) =>
          el("th", { colspan: levels.length, scope: "colgroup", class: "module",
            title: say(`module.${module}`) },
          el("span", {}, module), el("span", { class: "muted" }, say(`module_short.${module}`)))),
      ),
      el(
        "tr",
        {},
        ...modules.flatMap(() => levels.map((level, place) =>
          el("th", { scope: "col", class: place ? "level" : "level edge" }, say(`level.${level}`)))),
      ),
    );
    const bodies = [...this.groups(rows)].map(([code, members]) =>
      el(
        "tbody",
        {},
        el("tr", { class: "group" },
          el("th", { colspan: 2 + modules.length * levels.length, scope: "rowgroup" },
            el("div", { class: "title" }, ...this.groupTitle(code, members)))),
        ...members.map((row) => this.tableRow(row)),
      ));
    return el("div", { class: "scroll" }, el("table", { class: `lang-${data.lang}` }, head, ...bodies));
  },

  tableRow(row) {
    const { modules, levels } = this.data.matrix;
    const found = new Map(row.cells.map((cell) => [`${cell.module}|${cell.level}`, cell]));
    const cells = modules.flatMap((module) => levels.map((level, place) => {
      const cell = found.get(`${module}|${level}`);
      return el("td", { class: place ? "" : "edge" }, cell ? this.cell(row, cell) : "");
    }));
    const first = el("th", { scope: "row", class: "first" }, ...this.station(row));
    return el("tr", { "data-station": row.station }, first,
      el("td", { class: "overall" }, this.overall(row)), ...cells);
  },

  cards(rows) {
    const groups = [...this.groups(rows)].map(([code, members]) =>
      el(
        "section",
        {},
        el("div", { class: "title" }, ...this.groupTitle(code, members)),
        ...members.map((row) => this.card(row)),
      ));
    return el("div", { class: "cards" }, ...groups);
  },

  card(row) {
    const { say } = this;
    const { modules, levels } = this.data.matrix;
    const lines = modules.map((module) =>
      el(
        "div",
        { class: "line" },
        el("div", { class: "module" }, el("strong", {}, module),
          el("span", { class: "muted small" }, say(`module_short.${module}`))),
        ...levels.map((level) => {
          const cell = row.cells.find((one) => one.module === module && one.level === level);
          return el("div", { class: "spot" }, cell ? this.cell(row, cell) : "");
        }),
      ));
    const heads = levels.map((level) => el("div", { class: "muted small" }, say(`level.${level}`)));
    return el(
      "article",
      { class: "card", "data-station": row.station },
      el("header", {}, el("div", {}, ...this.station(row)), this.overall(row)),
      el("div", { class: "line heads", "aria-hidden": "true" }, el("div", {}), ...heads),
      ...lines,
    );
  },
};

Object.assign(StationsView.prototype, MatrixShapes);
