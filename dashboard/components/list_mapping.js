// What the columns of a foreign list mean: what was guessed, and why, for a person to correct.

const VALUE_CHOICES = ["quantity_basis", "obligation", "station_use", "level", "authority_item",
  "authority_parameters", "authority_quantity"];

const MappingParts = {
  columnsStep() {
    const { say, wizard } = this;
    const { sheets } = wizard.mapping;
    const used = sheets.filter((sheet) => sheet.is_used);
    const lacks = used.filter((sheet) => !sheet.columns.some((one) => one.target === "item_zh"));
    const why = !used.length ? say("lists.no_sheet")
      : lacks.length ? say("lists.no_item", { sheet: lacks.map((one) => one.title).join("、") }) : "";
    return el("div", {},
      el("p", { class: "muted" }, say("lists.columns_hint", { file: wizard.file.name })),
      ...sheets.map((sheet) => this.sheetBox(sheet)),
      el("div", { class: "bar" },
        el("button", { type: "button", class: "plain", "data-focus": "other-file", onclick: () => {
          Object.assign(wizard, { step: "file", trouble: "", problems: [] });
          this.draw();
        } }, say("lists.other_file")),
        el("button", { type: "button", class: "main", disabled: Boolean(why), "data-focus": "to-check",
          onclick: () => this.preview() }, say("lists.to_check")),
        why ? el("span", { class: "small refused" }, why) : null));
  },

  sheetBox(sheet) {
    const { say } = this;
    const use = el("label", { class: "tick" }, el("input", {
      type: "checkbox", checked: sheet.is_used, disabled: !sheet.header_row, "data-focus": `use-${sheet.title}`,
      onchange: (event) => {
        sheet.is_used = event.target.checked;
        this.draw();
      } }), ` ${say("lists.use_sheet")}`);
    const header = el("label", { class: "field" }, el("span", {}, say("lists.header_row")), el("input", {
      type: "number", min: 1, max: 200, value: sheet.header_row || "", "data-focus": `header-${sheet.title}`,
      onchange: (event) => this.moveHeader(sheet, Number(event.target.value)),
    }));
    return el("section", { class: `box sheet ${sheet.is_used ? "" : "unused"}`, "data-sheet": sheet.title },
      el("div", { class: "bar" }, el("h3", {}, sheet.title || say("lists.only_sheet")), use, header,
        el("span", { class: "small muted" }, sheet.header_row
          ? say("lists.sheet_rows", { n: sheet.row_count }) : say("lists.no_header"))),
      sheet.is_used ? [this.columnTable(sheet), this.constants(sheet)] : null);
  },

  // The columns below another header are other ones: what they mean is asked anew.
  moveHeader(sheet, row) {
    if (!row || row === sheet.header_row) return;
    this.proposeMapping({ [sheet.title]: row }, sheet.title);
  },

  columnTable(sheet) {
    const { say } = this;
    const heads = ["header", "samples", "target", "because"];
    return el("table", { class: "mapping" },
      el("thead", {}, el("tr", {}, ...heads.map((one) => el("th", { scope: "col" }, say(`lists.${one}`))))),
      el("tbody", {}, ...sheet.columns.map((column) => {
        const label = say("lists.target_of", { header: column.header || `#${column.number}` });
        return el("tr", { "data-column": column.header },
          el("th", { scope: "row" }, column.header || el("span", { class: "muted" }, `#${column.number}`)),
          el("td", { class: "samples small muted" }, column.samples.join(" ｜ ")),
          el("td", {}, this.targetChoice(sheet, column, label)),
          el("td", {}, el("span", { class: `chip b-${column.because}` }, say(`because.${column.because}`))));
      })));
  },

  targetChoice(sheet, column, label) {
    const { say, data } = this;
    const taken = new Set(sheet.columns.filter((one) => one !== column && one.target !== "technical_parameters")
      .map((one) => one.target));
    return el("select", {
      "aria-label": label, "data-focus": `target-${sheet.title}-${column.number}`,
      onchange: (event) => {
        column.target = event.target.value;
        column.because = "person";
        delete sheet.constants[column.target];
        sheet.guessed = sheet.guessed.filter((one) => one !== column.target);
        this.draw();
      },
    },
    el("option", { value: "", selected: !column.target }, say("lists.keep_beside")),
    ...Object.entries(data.columns).map(([name, words]) => el("option", {
      value: name, selected: name === column.target, disabled: taken.has(name),
    }, words)));
  },

  // What no column says holds for all rows; guesses are marked until a person has looked.
  constants(sheet) {
    const { say, data } = this;
    const mapped = new Set(sheet.columns.map((one) => one.target));
    const names = Object.keys(data.guessed).filter((name) => !mapped.has(name));
    if (!names.length) return null;
    const field = (name) => {
      const value = sheet.constants[name] ?? data.guessed[name];
      const change = (event) => {
        sheet.constants[name] = event.target.value;
        sheet.guessed = sheet.guessed.filter((one) => one !== name);
        this.draw();
      };
      const shared = { "data-focus": `constant-${sheet.title}-${name}`, "data-constant": name, onchange: change };
      const input = VALUE_CHOICES.includes(name)
        ? el("select", shared, ...this.valuesOf(name, value).map(([key, words]) =>
          el("option", { value: key, selected: key === value }, words)))
        : el("input", { type: "text", value, ...shared });
      return el("label", { class: "stacked" }, el("span", {}, data.columns[name],
        sheet.guessed.includes(name) ? el("span", { class: "chip guess" }, `? ${say("lists.guess")}`) : null), input);
    };
    return el("fieldset", {}, el("legend", {}, say("lists.constants")),
      el("div", { class: "constants" }, ...names.map(field)));
  },

  valuesOf(name, value) {
    const { say, data } = this;
    const authorities = data.authorities.map((one) => [one, say(`authority.${one}`)]);
    const known = {
      quantity_basis: data.bases.map((one) => [one, say(`basis.${one}`)]),
      obligation: ["mandatory", "recommended"].map((one) => [one, say(`obligation.${one}`)]),
      station_use: [["both", say("lists.use_both")], ["培训", say("use.training")], ["考核", say("use.exam")]],
      level: [["*", say("gaps.all")], ...Object.entries(data.level_words)],
    }[name] ?? authorities;
    return known.some(([key]) => key === value) ? known : [[value, value], ...known];
  },
};

Object.assign(ListsView.prototype, MappingParts);
