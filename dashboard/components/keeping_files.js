// A register as a table: out to a file, and in again, with every row that was refused.

const MOST_PROBLEMS = 100;

Object.assign(KeepView.prototype, {
  // `path` is the register's in the API; what the last import said stays until the next.
  tables(path, organisation) {
    const { say, data } = this;
    const query = `organisation=${encodeURIComponent(organisation)}`;
    const out = ["xlsx", "csv"].map((kind) => el("a", {
      href: `${data.api}/${path}/file?${query}&format=${kind}`, download: true,
    }, `⇩ ${kind}`));
    const picker = filePicker(say, ".xlsx,.csv", {
      onPick: ([file]) => file && this.importTable(path, organisation, file),
    });
    return el("details", { class: "tables box", open: this.isTablesOpen ?? false,
      ontoggle: (event) => { this.isTablesOpen = event.target.open; } },
    el("summary", { "data-focus": "tables" }, say(data.may_write ? "keeping.tables" : "keeping.export")),
    el("p", { class: "marks" }, say("keeping.export"), ...out),
    data.may_write ? el("p", { class: "small muted" }, say("keeping.import_hint")) : null,
    data.may_write ? picker.label : null,
    ...(this.tableTold ?? []));
  },

  async importTable(path, organisation, file) {
    const { say, data } = this;
    const body = new FormData();
    body.append("file", file);
    body.append("organisation", organisation);
    try {
      const done = await send("POST", `${data.api}/${path}/file`, body);
      this.tableTold = [el("p", { class: "done", role: "status" }, say("keeping.imported", done)),
        done.ignored_columns.length ? el("p", { class: "small muted" },
          say("keeping.ignored", { list: done.ignored_columns.join("、") })) : null,
        done.passed_over.length ? el("p", { class: "small muted" }, say("keeping.passed_over", {
          n: done.passed_over.length, list: done.passed_over.map((one) => one.row).join("、") })) : null];
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      this.tableTold = this.importRefused(error);
    }
    this.isTablesOpen = true;
    await this.refresh();
    // the table of a large register is far above
    this.body.querySelector("details.tables")?.scrollIntoView({ block: "end" });
  },

  importRefused(error) {
    const { say, data } = this;
    const problems = error.problem?.problems;
    if (!problems?.length) return [el("p", { class: "refused", role: "alert" }, problemText(say, data.lang, error))];
    const place = (one) => [one.sheet, say("keeping.row", { row: one.row }), data.columns[one.column] ?? one.column]
      .filter(Boolean).join(" · ");
    return [el("p", { class: "refused", role: "alert" }, say("keeping.nothing_imported", { n: problems.length })),
      el("ul", { class: "problems" }, ...problems.slice(0, MOST_PROBLEMS).map((one) => el("li", { class: "small" },
        el("strong", {}, place(one)), " ", say("keeping.problem", { value: one.value || "—",
          expected: data.lang === "en" ? one.expected_en : one.expected_zh })))),
      problems.length > MOST_PROBLEMS
        ? el("p", { class: "small" }, say("keeping.more", { n: problems.length - MOST_PROBLEMS })) : null];
  },
});
