// Importing somebody else's list in three steps: the file, what its columns mean, what it becomes.

const IMPORT_STEPS = ["file", "columns", "check"];
const PREVIEWED_ROWS = 50;

const ImportParts = {
  startImport() {
    this.told = "";
    this.wizard = { step: "file", file: null, mapping: null, preview: null, trouble: "", problems: [],
      settings: { version: "", isOfficial: false, hasInheritance: false, from: "", to: "", isPartial: false,
        binding: [...this.data.binding] } };
    this.draw();
  },

  endImport() {
    this.wizard = null;
    this.draw();
    this.fetchTab();
  },

  importing() {
    const { say, wizard } = this;
    const place = IMPORT_STEPS.indexOf(wizard.step);
    const steps = el("ol", { class: "steps" }, ...IMPORT_STEPS.map((step, n) => el("li", {
      class: n < place ? "past" : n === place ? "now" : "", "aria-current": n === place ? "step" : null,
    }, `${n < place ? "✓" : n + 1} ${say(`lists.step_${step}`)}`)));
    const draw = { file: () => this.fileStep(), columns: () => this.columnsStep(), check: () => this.checkStep() };
    return el("section", { class: "wizard", "data-step": wizard.step },
      el("div", { class: "bar" }, el("h2", {}, say("lists.import")), steps,
        el("button", { type: "button", class: "plain", "data-focus": "cancel", onclick: () => this.endImport() },
          say("lists.cancel"))),
      wizard.trouble ? el("p", { class: "refused", role: "alert" }, wizard.trouble) : null,
      wizard.problems.length ? problemList(say, this.data, wizard.problems) : null,
      wizard.isBusy ? skeleton(4) : draw[wizard.step]());
  },

  // Asks the server something of the file; what it refuses is told above the step.
  async askAboutFile(path, fields, take) {
    const { wizard } = this;
    const form = new FormData();
    form.append("file", wizard.file);
    for (const [name, value] of Object.entries(fields)) {
      for (const one of Array.isArray(value) ? value : [value]) form.append(name, one);
    }
    Object.assign(wizard, { isBusy: true, trouble: "", problems: [] });
    this.draw();
    try {
      take(await send("POST", `${this.data.api}/lists${path}`, form));
    } catch (error) {
      wizard.trouble = `${wizard.file.name}：${problemText(this.say, this.data.lang, error)}`;
      wizard.problems = error.problem?.problems ?? [];
      if (wizard.problems.length) {
        wizard.trouble = this.say("lists.rows_refused", { n: wizard.problems.length });
      } else if (error.status === 409) {
        wizard.trouble = this.say("lists.version_taken", { version: wizard.settings.version });
      }
    }
    wizard.isBusy = false;
    this.draw();
  },

  fileStep() {
    const { say, wizard } = this;
    const picker = filePicker(say, ".xlsx,.csv", { onPick: ([file]) => {
      if (!file) return;
      wizard.file = file;
      this.proposeMapping({});
    } });
    return el("div", { class: "box drop" }, el("p", {}, say("lists.file_hint")), picker.label,
      el("p", { class: "small muted" }, say("lists.file_note")));
  },

  // `title`: only that sheet is asked about anew, what was corrected in the others stays.
  proposeMapping(headerRows, title = null) {
    const { wizard } = this;
    return this.askAboutFile("/proposals", { header_rows: JSON.stringify(headerRows) }, (mapping) => {
      const before = title === null ? [] : wizard.mapping.sheets;
      mapping.sheets = mapping.sheets.map((sheet) =>
        (sheet.title === title ? sheet : before.find((one) => one.title === sheet.title) ?? sheet));
      wizard.mapping = mapping;
      wizard.step = "columns";
      const stem = wizard.file.name.replace(/\.[^.]*$/, "").replaceAll("/", "-");
      wizard.settings.version ||= `${this.data.me.organisation}-${stem}`.slice(0, 64);
    });
  },

  preview() {
    const { wizard } = this;
    return this.askAboutFile("/previews", { mapping: JSON.stringify(wizard.mapping) }, (preview) => {
      wizard.preview = preview;
      wizard.step = "check";
      if (preview.stated_version) wizard.settings.version = preview.stated_version;
    });
  },

  checkStep() {
    const { say, data, wizard } = this;
    const { preview } = wizard;
    const why = new Map();
    for (const one of preview.passed_over) why.set(one.why, [...(why.get(one.why) ?? []), one]);
    return el("div", {},
      el("p", { class: "counts" },
        el("span", { class: "done" }, `✓ ${say("lists.will_rows", { n: preview.row_count })}`),
        preview.problems.length
          ? el("span", { class: "refused" }, `✕ ${say("lists.will_problems", { n: preview.problems.length })}`) : null,
        el("span", {}, `? ${say("lists.will_open", { n: preview.open_pieces })}`),
        el("span", { class: "muted" }, `– ${say("lists.will_pass_over", { n: preview.passed_over.length })}`)),
      preview.problems.length ? problemList(say, data, preview.problems) : null,
      preview.passed_over.length ? el("details", { class: "passed" },
        el("summary", { "data-focus": "passed" }, say("lists.passed_over")),
        ...[...why].map(([reason, ones]) => el("div", {}, el("strong", {}, say(`why.${reason}`)),
          el("ul", {}, ...ones.map((one) => el("li", { class: "small" },
            `${one.sheet}${one.row ? ` · ${say("lists.row", { n: one.row })}` : ""}${one.text ? `：${one.text}` : ""}`)))))) : null,
      preview.ignored_columns.length ? el("p", { class: "small muted" },
        say("lists.kept_beside", { names: preview.ignored_columns.join("、") })) : null,
      el("h3", {}, say("lists.preview", { n: Math.min(PREVIEWED_ROWS, preview.row_count) })),
      requirementTable(say, data, preview.rows.slice(0, PREVIEWED_ROWS)),
      this.settingsForm());
  },

  settingsForm() {
    const { say, data, wizard } = this;
    const { settings, preview } = wizard;
    const text = (name, type, label, more = {}) => el("label", { class: "stacked" }, label, el("input", {
      type, value: settings[name], "data-focus": name, "data-keep": true, ...more,
      oninput: (event) => {
        settings[name] = event.target.value;
      } }));
    const tick = (name, label) => el("label", { class: "tick" }, el("input", {
      type: "checkbox", checked: settings[name], "data-focus": name,
      onchange: (event) => {
        settings[name] = event.target.checked;
        this.draw();
      } }), ` ${label}`);
    const binds = data.authorities.map((one) => el("label", { class: "tick" }, el("input", {
      type: "checkbox", checked: settings.binding.includes(one), onchange: (event) => {
        settings.binding = event.target.checked ? [...settings.binding, one]
          : settings.binding.filter((name) => name !== one);
      } }), ` ${say(`authority.${one}`)}`));
    const isStopped = preview.problems.length > 0 && !settings.isPartial;
    return el("form", { class: "form box", onsubmit: (event) => {
      event.preventDefault();
      this.importList();
    } },
    el("h3", {}, say("lists.settings")),
    el("div", { class: "rowed" },
      text("version", "text", say("lists.version"), { required: true, maxlength: 64, pattern: "[^\\/]+" }),
      text("from", "date", say("lists.from")), text("to", "date", say("lists.to"))),
    el("fieldset", {}, el("legend", {}, say("lists.binding_choice")), el("div", { class: "bar" }, ...binds)),
    tick("hasInheritance", say("lists.inheritance_choice")),
    data.is_publisher ? tick("isOfficial", say("lists.official_choice")) : null,
    preview.problems.length ? tick("isPartial", say("lists.partial_choice", { n: preview.row_count })) : null,
    el("div", { class: "bar" },
      el("button", { type: "button", class: "plain", "data-focus": "back", onclick: () => {
        Object.assign(wizard, { step: "columns", trouble: "", problems: [] });
        this.draw();
      } }, say("lists.back")),
      el("button", { type: "submit", class: "main", disabled: isStopped, "data-focus": "do-import" },
        say("lists.do_import")),
      isStopped ? el("span", { class: "small refused" }, say("lists.stopped")) : null));
  },

  importList() {
    const { wizard } = this;
    const { settings } = wizard;
    const fields = {
      version: settings.version, partial: settings.isPartial, official: settings.isOfficial,
      binding: settings.binding, level_inheritance: settings.hasInheritance,
      mapping: JSON.stringify(wizard.mapping),
      ...(settings.from ? { valid_from: settings.from } : {}), ...(settings.to ? { valid_to: settings.to } : {}),
    };
    return this.askAboutFile("", fields, (done) => {
      this.wizard = null;
      this.told = this.say(done.was_known ? "lists.was_known" : "lists.done",
        { version: done.version, n: done.row_count });
      this.pick({ list: done.version, tab: wizard.preview.open_pieces ? "settle" : "rows" });
    });
  },
};

function problemList(say, data, problems) {
  const shown = problems.slice(0, 100);
  const place = (one) => [one.sheet, say("lists.row", { n: one.row }),
    data.columns[one.column] ?? one.column].filter(Boolean).join(" · ");
  return el("div", { class: "problems", role: "group", "aria-label": say("lists.problems") },
    el("ul", {}, ...shown.map((one) => el("li", { class: "small" }, el("strong", {}, place(one)), " ",
      say("lists.problem", { value: one.value || "—",
        expected: data.lang === "en" ? one.expected_en : one.expected_zh })))),
    problems.length > shown.length ? el("p", { class: "small" }, say("gaps.more", { n: problems.length - shown.length })) : null);
}

Object.assign(ListsView.prototype, ImportParts);
