// The register and its proofs as files: out as Excel or CSV, in again; rows that don't fit are named.

Object.assign(RegisterView.prototype, {
  files() {
    const { say, data } = this;
    const out = (path, form, words) => el("a", { class: "plain button", download: true, "data-focus": `out ${path} ${form}`,
      href: `${data.api}/equipment${path}/file?${new URLSearchParams({ form, organisation: this.organisation })}` }, words);
    return el("div", { class: "bar files" },
      data.may_write ? el("button", { type: "button", class: "plain", "data-focus": "import",
        onclick: () => this.startFile() }, `⇪ ${say("register.import")}`) : null,
      out("", "xlsx", `⇩ ${say("register.export")}`), out("", "csv", "⇩ CSV"),
      out("/proofs", "xlsx", `⇩ ${say("register.export_proofs")}`));
  },

  startFile() {
    Object.assign(this, { opened: null, done: "" });
    this.job = { isPartial: false, result: null, problems: [], trouble: "" };
    this.showFile();
  },

  showFile() {
    const { say, data, job } = this;
    const picker = filePicker(say, ".xlsx,.csv");
    const partial = el("input", { type: "checkbox", checked: job.isPartial });
    const what = formChoice(say("register.file_of"), "what",
      [["", say("register.file_register")], ["/proofs/file", say("register.file_proofs")]]);
    const node = el("form", { class: "form", onsubmit: (event) => {
      event.preventDefault();
      job.isPartial = partial.checked;
      job.what = what.querySelector("select").value;
      if (picker.field.files.length) this.handIn(picker.field.files[0]);
    } }, what, picker.label,
    el("label", { class: "bar" }, partial, say("register.partial")),
    el("button", { type: "submit", class: "main", "data-focus": "do-import" }, say("register.import")));
    what.querySelector("select").value = job.what ?? "";
    this.panel.show(say, say("register.import"), el("p", { class: "muted small" }, say("register.import_hint")),
      job.trouble ? el("p", { class: "refused", role: "alert" }, job.trouble) : null,
      job.problems.length ? el("ul", { class: "small things problems" }, ...job.problems.slice(0, 100).map((one) => el("li", {},
        el("strong", {}, `${say("lists.row", { n: one.row })} · ${one.column}`), " ",
        say("lists.problem", { value: one.value || "—", expected: inLanguage(data.lang, one, "expected") })))) : null,
      job.result ? this.fileResult(job.result) : null, node);
  },

  fileResult(result) {
    const { say } = this;
    return el("div", { role: "status" }, el("p", { class: "done" }, `✓ ${say("register.imported", result)}`),
      result.passed_over.length ? el("p", { class: "small" }, say("register.passed_over", { n: result.passed_over.length,
        list: result.passed_over.slice(0, 20).map((one) => one.row).join("、") })) : null,
      result.ignored_columns.length ? el("p", { class: "small" },
        say("register.ignored", { list: result.ignored_columns.join("、") })) : null);
  },

  async handIn(file) {
    const { say, data, job } = this;
    const form = new FormData();
    form.append("file", file);
    form.append("organisation", this.organisation);
    form.append("partial", String(job.isPartial));
    Object.assign(job, { trouble: "", problems: [], result: null });
    this.panel.dialog.querySelector("button.main").disabled = true;
    try {
      job.result = await send("POST", `${data.api}/equipment${job.what}`, form);
      job.problems = job.result.problems;
      this.refresh();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      job.problems = error.problem?.problems ?? [];
      job.trouble = job.problems.length ? say("lists.rows_refused", { n: job.problems.length })
        : `${file.name}：${problemText(say, data.lang, error)}`;
    }
    if (this.job === job) this.showFile();
  },
});
