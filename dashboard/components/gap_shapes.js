// How the gap matrix looks: figures, filters, a table where there is room, cards on a phone.

const GapShapes = {
  figures() {
    const { say, gaps } = this;
    const count = (status) => gaps.rows.filter((row) => worst(row.cells) === status).length;
    const tasks = [...this.tasks.values()].filter((one) =>
      !["accepted", "closed"].includes(one.state));
    const overdue = tasks.filter((one) => one.is_overdue).length;
    const asked = gaps.columns.filter(isAsked);
    const ready = asked.filter((one) => one.status === "ready" || one.status === "advice_only");
    const figure = (name, glyph, value, note, isBad) => el("div",
      { class: `figure ${isBad ? "bad" : ""}`, "data-figure": name },
      el("div", { class: "label" }, say(`gaps.figure_${name}`)),
      el("div", { class: "value" }, el("span", { class: "glyph", "aria-hidden": "true" }, glyph), value),
      el("div", { class: "note" }, note));
    return el("div", { class: "figures" },
      figure("columns", ready.length === asked.length ? "✓" : "✕", `${ready.length} / ${asked.length}`,
        asked.length < gaps.columns.length
          ? say("gaps.note_not_in_list", { n: gaps.columns.length - asked.length }) : say("gaps.note_columns")),
      figure("binding", count("not_ready") ? "✕" : "✓", count("not_ready"),
        say("gaps.note_binding"), count("not_ready") > 0),
      figure("unknown", count("unknown") ? "?" : "✓", count("unknown"),
        say("gaps.note_unknown", { n: count("advice_only") })),
      figure("tasks", overdue ? "!" : "→", tasks.length,
        overdue ? say("gaps.note_overdue", { n: overdue }) : say("gaps.note_tasks"), overdue > 0));
  },

  filterBar() {
    const { say, gaps, filters } = this;
    const authorities = [...new Set(gaps.rows.map((row) => row.authority))];
    const search = el("input", {
      type: "search", placeholder: say("gaps.search"), "aria-label": say("gaps.search"),
      value: filters.text, "data-focus": "search",
      oninput: (event) => this.set({ text: event.target.value }),
    });
    const shows = ["open", "not_ready", "unknown", "advice_only", "ready", "all"];
    const status = segments(say("station.show"), shows.map((one) =>
      [one, one === "open" || one === "all" ? say(`gaps.show_${one}`)
        : `${say(`glyph.${one}`)} ${say(`status.${one}`)}`]),
    filters.show, (show) => this.set({ show }));
    const tags = el("span", { class: "tags" },
      el("span", { class: "tag" }, `${say("common.list")} ${gaps.list_version}`),
      el("span", { class: "tag" }, say(gaps.is_official_list ? "common.official" : "common.draft")));
    const rest = [
      this.lists.length > 1 ? choice(say("common.list"), [["", say("gaps.list_applying")],
        ...this.lists.map((one) => [one.version, one.version])], filters.list,
      (list) => this.set({ list })) : null,
      choice(say("station.module"), [["", say("gaps.all")], ...gaps.modules.map((one) =>
        [one, `${one} ${say(`module_short.${one}`)}`])], filters.module,
      (module) => this.set({ module })),
      choice(say("station.level"), [["", say("gaps.all")], ...gaps.levels.map((one) =>
        [one, say(`level_full.${one}`)])], filters.level, (level) => this.set({ level })),
      choice(say("gaps.authority"), [["", say("gaps.all")], ...authorities.map((one) =>
        [one, say(`authority.${one}`)])], filters.authority, (authority) => this.set({ authority })),
      choice(say("gaps.task"), ["", "no", "yes"].map((one) =>
        [one, say(`gaps.task_${one || "any"}`)]), filters.task, (task) => this.set({ task })),
    ];
    if (!this.isNarrow) return el("div", { class: "bar" }, status, ...rest.filter(Boolean), search, tags);
    const set = ["list", "module", "level", "authority", "task"].filter((name) => filters[name]).length;
    return el("div", { class: "bar" }, status, search,
      el("details", { class: "filters", open: this.hasFilters,
        ontoggle: (event) => {
          this.hasFilters = event.target.open;
        } },
      el("summary", { "data-focus": "filters" }, say(set ? "gaps.filters_set" : "gaps.filters", { n: set })), ...rest.filter(Boolean)), tags);
  },

  groups(rows) {
    const found = new Map();
    for (const row of rows) found.set(row.module_code, [...(found.get(row.module_code) ?? []), row]);
    return found;
  },

  groupTitle(code, rows) {
    const { say } = this;
    const name = code.endsWith("*") ? say("gaps.common_rows") : say(`module.${code}`);
    const open = rows.filter((row) => row.status !== "ready").length;
    return [el("strong", {}, code.endsWith("*") ? "" : code), el("span", {}, ` ${name} `),
      el("span", { class: "muted small" }, say("gaps.group_count", { n: rows.length, open }))];
  },

  table(rows) {
    const { say, gaps } = this;
    const columns = this.columns();
    const modules = gaps.modules.filter((one) => columns.some((column) => column.module === one));
    const isWide = columns.length <= 5;
    const many = (module) => columns.filter((one) => one.module === module).length;
    const head = el("thead", {},
      el("tr", {},
        el("th", { rowspan: 2, scope: "col", class: "first" }, say("gaps.requirement")),
        ...modules.map((one) => el("th", { colspan: many(one), scope: "colgroup", class: "module edge",
          title: say(`module.${one}`) }, el("span", {}, one), el("span", { class: "muted" },
          ` ${say(`module_short.${one}`)}`)))),
      el("tr", {}, ...columns.map((one, place) => el("th", {
        scope: "col", class: `level ${place && columns[place - 1].module === one.module ? "" : "edge"}`,
        title: isAsked(one) ? say("stations.counts", one) : say("gaps.not_in_list"),
      }, isAsked(one) ? el("span", { class: `mark s-${LOOKS[one.status]}` }, say(`glyph.${one.status}`))
        : el("span", { class: "mark none", "data-not-in-list": "1", "aria-label": say("gaps.not_in_list") }, "–"),
      ` ${say(`level.${one.level}`)}`))));
    const bodies = [...this.groups(rows)].map(([code, members]) => el("tbody", {},
      el("tr", { class: "group" }, el("th", { colspan: 1 + columns.length, scope: "rowgroup" },
        ...this.groupTitle(code, members))),
      ...members.map((row) => this.tableRow(row, columns, isWide))));
    return el("div", { class: "scroll" },
      el("table", { class: isWide ? "wide" : "many" }, head, ...bodies));
  },

  tableRow(row, columns, isWide) {
    const cells = columns.map((column, place) => {
      const cell = row.cells.find((one) => one.module === column.module && one.level === column.level);
      const isEdge = !place || columns[place - 1].module !== column.module;
      return el("td", { class: isEdge ? "edge" : "" },
        cell ? this.cellButton(row, cell, isWide) : el("span", { class: "none", "aria-label":
          this.say("gaps.not_asked") }, "·"));
    });
    return el("tr", { "data-row": row.row_id },
      el("th", { scope: "row", class: "first" }, ...this.rowHead(row)), ...cells);
  },

  rowHead(row) {
    const { say, data } = this;
    return [
      el("div", { class: "item", title: bilingual(data.lang, row.item) }, bilingual(data.lang, row.item)),
      el("div", { class: "under small muted" }, el("span", {}, row.row_id),
        el("span", { class: "chip" }, say(`authority.${row.authority}`)),
        row.obligation === "recommended" ? el("span", { class: "chip" }, say("gaps.recommended")) : null,
        row.task ? this.taskMark(row.task) : null),
    ];
  },

  taskMark(task) {
    const isDone = ["accepted", "closed"].includes(task.state);
    return el("span", { class: `chip task ${isDone ? "finished" : ""} ${task.is_overdue ? "late" : ""}` },
      `${task.is_overdue ? "! " : "→ "}${this.say(`task_state.${task.state}`)}`);
  },

  cellButton(row, cell, isWide) {
    const { say } = this;
    const word = say(`status.${cell.status}`);
    const counts = `${amount(cell.counted)}/${amount(cell.needed)}`;
    const shown = isWide ? `${word} ${counts}${cell.unit ? ` ${cell.unit}` : ""}`
      : cell.status === "ready" ? "" : counts;
    const name = `${row.row_id} ${cell.module} ${say(`level.${cell.level}`)} ${word} ${counts}`;
    return el("button", {
      type: "button", class: `pill s-${LOOKS[cell.status]}`, "aria-label": name, title: name,
      "data-status": cell.status, "data-focus": `${row.row_id}|${cell.module}|${cell.level}`,
      onclick: () => this.open(row, cell),
    }, el("span", { class: "glyph", "aria-hidden": "true" }, say(`glyph.${cell.status}`)),
    shown ? el("span", {}, shown) : null);
  },

  cards(rows) {
    return el("div", { class: "cards" }, ...[...this.groups(rows)].map(([code, members]) =>
      el("section", {}, el("h3", {}, ...this.groupTitle(code, members)),
        ...members.map((row) => this.card(row)))));
  },

  card(row) {
    const { say } = this;
    const modules = [...new Set(row.cells.map((cell) => cell.module))];
    return el("article", { class: `card c-${LOOKS[row.status]}`, "data-row": row.row_id },
      ...this.rowHead(row),
      ...modules.map((module) => el("div", { class: "line" },
        el("strong", {}, module),
        ...row.cells.filter((cell) => cell.module === module).map((cell) =>
          el("div", { class: "spot" }, el("div", { class: "muted small" }, say(`level.${cell.level}`)),
            this.cellButton(row, cell, false))))));
  },
};

Object.assign(GapsView.prototype, GapShapes);
