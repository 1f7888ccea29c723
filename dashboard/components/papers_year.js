// A year of a school: its training batches, whose sums are worked out, and its own words.

const FIGURES = ["trained", "assessed", "certified", "social"];

const YearParts = {
  yearParts() {
    const { annual } = this;
    const bar = el("div", { class: "bar" }, this.schoolChoice(), this.yearChoice());
    if (!annual) return [bar];
    return [bar, this.batchesPart(), this.sectionsPart()];
  },

  batchesPart() {
    const { data, say, annual } = this;
    const heads = ["batch", "certificate", "profession", "levels", ...FIGURES];
    const number = (name, value) => el("td", { class: "number", "data-label": say(`batch.${name}`) }, value);
    const words = (name, value) => el("td", { "data-label": say(`batch.${name}`) }, value);
    const head = (name) =>
      el("th", { class: FIGURES.includes(name) ? "number" : null }, say(`batch.${name}`));
    const table = el("table", { class: "papers" },
      el("thead", {}, el("tr", {}, ...heads.map(head),
        data.may_write ? el("th", {}, el("span", { class: "sr" }, say("papers.remove"))) : null)),
      el("tbody", {}, ...annual.batches.map((one) => el("tr", {}, words("batch", one.batch),
        words("certificate", one.certificate), words("profession", one.profession),
        words("levels", one.levels.map((level) => say(`level_full.${level}`)).join(data.lang === "en" ? ", " : "、")),
        ...FIGURES.map((name) => number(name, one[name])),
        data.may_write ? el("td", {}, el("button", { type: "button", class: "plain", disabled: this.isBusy,
          "aria-label": `${say("papers.remove")} ${one.batch} ${one.certificate}`,
          onclick: () => this.removeBatch(one) }, `✕ ${say("papers.remove")}`)) : null))),
      el("tfoot", {}, el("tr", {}, el("th", { colspan: 4 }, say("papers.total")),
        ...FIGURES.map((name) => number(name, annual.totals[name])), data.may_write ? el("td") : null)));
    return el("section", { class: "part" }, el("h3", {}, say("papers.batches")),
      annual.batches.length ? table : el("p", { class: "muted" }, say("papers.no_batches")),
      ...this.toldParts("batches"),
      data.may_write ? this.importPart() : null);
  },

  importPart() {
    const { say } = this;
    const picker = filePicker(say, ".xlsx,.csv", { onPick: ([file]) => file && this.importBatches(file) });
    return el("div", { class: "box" }, el("p", {}, el("strong", {}, say("papers.import"))),
      el("p", { class: "small muted" }, say("papers.import_hint")), picker.label);
  },

  reportPath() {
    return `${this.data.api}/organisations/${encodeURIComponent(this.school)}/annual-reports/${this.year}`;
  },

  importBatches(file) {
    const { data, say } = this;
    const rowWords = (one) => say("papers.bad_row", { row: one.row, column: say(`batch.${one.column}`),
      expected: data.lang === "en" ? one.expected_en : one.expected_zh });
    return this.act("batches", async () => {
      const form = new FormData();
      form.append("file", file);
      try {
        const done = await send("POST", `${this.reportPath()}/batches/import`, form);
        const wrong = done.wrong_totals.map((one) =>
          say("papers.wrong_total", { ...one, column: say(`batch.${one.column}`) }));
        const lines = done.passed_over.map((one) => one.row).join("、");
        return { wrong, good: [say("papers.imported", done),
          ...(lines ? [say("papers.passed_over", { n: done.passed_over.length, list: lines })] : []),
          ...(done.ignored_columns.length ? [say("papers.ignored", { list: done.ignored_columns.join("、") })] : [])] };
      } catch (error) {
        const problems = error instanceof Problem ? error.problem.problems : null;
        if (!Array.isArray(problems)) throw error;
        return { wrong: problems.map(rowWords) };
      }
    });
  },

  async removeBatch(one) {
    if (!window.confirm(this.say("papers.remove_sure", { batch: `${one.batch} ${one.certificate}` }))) return;
    await this.act("batches", async () => {
      await send("DELETE", `${this.data.api}/training-batches/${one.id}`);
      return {};
    });
  },

  sectionsPart() {
    const { data, say, annual } = this;
    const isChanged = Object.keys(this.drafts).length > 0;
    const parts = data.sections.map((name) => {
      const text = this.drafts[name] ?? annual.sections[name] ?? "";
      if (!data.may_write) {
        return el("div", {}, el("strong", {}, say(`annual.${name}`)),
          el("p", { class: text ? "said" : "muted" }, text || say("papers.unwritten")));
      }
      return el("label", { class: "stacked" }, say(`annual.${name}`), el("textarea", {
        rows: 4, maxlength: 20000, "data-focus": `section-${name}`,
        oninput: (event) => {
          this.drafts[name] = event.target.value;
          this.body.querySelector("[data-unsaved]")?.removeAttribute("hidden");
        },
      }, text));
    });
    return el("section", { class: "part form" }, el("h3", {}, say("papers.sections")), ...parts,
      data.may_write ? el("div", { class: "bar" },
        el("button", { type: "button", class: "main", disabled: this.isBusy, "data-focus": "save",
          onclick: () => this.saveSections() }, say("papers.save")),
        el("span", { class: "small muted", "data-unsaved": true, hidden: !isChanged }, say("papers.unsaved")),
        ...this.toldParts("sections")) : null);
  },

  saveSections() {
    return this.act("sections", async () => {
      const sections = { ...this.drafts };
      await send("PATCH", `${this.reportPath()}/sections`, { sections });
      this.drafts = {};
      return { good: [this.say("papers.saved")] };
    });
  },
};

Object.assign(PapersView.prototype, YearParts);
