// One thing at the right: all its proofs and agreements, and a form for what was done now.

const RESULTS = ["pass", "limited", "fail"];

Object.assign(DueView.prototype, {
  open(one) {
    this.thing = one;
    this.papers = null;
    this.trouble = "";
    this.done = "";
    this.formNode = null;
    this.look();
  },

  async look() {
    const one = this.thing;
    const query = new URLSearchParams({ asset_number: shortId(one), organisation: one.organisation_code });
    this.showPanel();
    try {
      const papers = await getJson(`${this.data.api}/equipment/item?${query}`);
      if (this.thing !== one) return;
      this.papers = papers;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      this.trouble = this.say("trouble.connection");
    }
    this.showPanel();
  },

  showPanel() {
    const { say, data, thing, papers } = this;
    const isLoan = thing.kind === "agreement";
    // the same one as before: what somebody fills in stays when the house changes
    if (papers && data.may_write) this.formNode ??= this.form(isLoan);
    this.panel.show(say, inLanguage(data.lang, thing, "name"),
      el("p", { class: "muted small" }, `${shortId(thing)} · ${say(`due_kind.${thing.kind}`)}`),
      this.trouble ? el("p", { class: "refused", role: "alert" }, this.trouble) : null,
      this.done ? el("p", { class: "done", role: "status" }, this.done) : null,
      papers ? null : skeleton(4),
      papers && !isLoan ? this.proofs(papers.proofs) : null,
      papers && papers.owner === "borrowed" ? this.agreements(papers.agreements) : null,
      this.formNode,
      innerLink(this.component, "register", { organisation: thing.organisation_code, asset: shortId(thing) },
        `${say("due.in_register")} →`));
  },

  proofs(proofs) {
    const { say } = this;
    const latest = [...proofs].sort((a, b) => (b.done_on ?? "").localeCompare(a.done_on ?? ""));
    return el("section", {}, el("h3", {}, say("due.proofs")), latest.length
      ? el("ul", { class: "papers" }, ...latest.map((one) => el("li", {},
        el("span", {}, el("strong", {}, say(`due_kind.${one.kind}`)), " ",
          one.result === "pass" ? null : el("span", { class: "chip bad" }, `! ${say(`proof_result.${one.result}`)}`)),
        el("span", {}, [one.done_on, one.valid_until && say("due.until", { day: one.valid_until })]
          .filter(Boolean).join("，")),
        el("span", { class: "small muted" }, [one.certificate_no, one.issued_by].filter(Boolean).join(" · ")),
        this.paper(one.document_id))))
      : el("p", { class: "muted" }, say("due.no_papers")));
  },

  agreements(agreements) {
    const { say } = this;
    return el("section", {}, el("h3", {}, say("due.agreements")), agreements.length
      ? el("ul", { class: "papers" }, ...agreements.map((one) => el("li", {},
        el("strong", {}, one.partner || "—"),
        el("span", {}, [one.valid_from, one.valid_to && say("due.until", { day: one.valid_to })]
          .filter(Boolean).join("，")),
        this.paper(one.document_id))))
      : el("p", { class: "muted" }, say("due.no_papers")));
  },

  paper(id) {
    return id ? el("a", { href: `${this.data.api}/documents/${id}/content`, download: true },
      `⇩ ${this.say("due.open_paper")}`) : null;
  },

  form(isLoan) {
    const { say } = this;
    const input = (name, words, attributes = {}) => el("label", { class: "stacked" }, say(words),
      el("input", { type: "text", name, "data-focus": name, ...attributes }));
    const picker = filePicker(say, ".pdf,.jpg,.jpeg,.png,.webp");
    const fields = isLoan
      ? [input("partner", "due.partner", { required: true, maxlength: 200 }),
        input("valid_from", "due.valid_from", { type: "date" }),
        input("valid_to", "due.valid_until", { type: "date", required: true })]
      : [input("done_on", "due.done_on", { type: "date", required: true, max: this.on }),
        input("valid_until", "due.valid_until", { type: "date" }),
        el("label", { class: "stacked" }, say("due.result"), el("select", { name: "result" },
          ...RESULTS.map((one) => el("option", { value: one }, say(`proof_result.${one}`))))),
        input("certificate_no", "due.certificate", { maxlength: 200 }),
        input("issued_by", "due.issued_by", { maxlength: 200 })];
    return el("section", { class: "box" }, el("h3", {}, say("due.record")),
      el("form", { class: "form", onsubmit: (event) => this.record(event, picker.field, isLoan) },
        el("div", { class: "rowed" }, ...fields),
        el("span", { class: "small muted" }, say("due.paper")), picker.label,
        el("button", { type: "submit", class: "main", "data-focus": "save" }, say("due.save"))));
  },

  async record(event, files, isLoan) {
    event.preventDefault();
    const { say, data, thing } = this;
    const told = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value));
    const order = { ...told, asset_number: shortId(thing), organisation: thing.organisation_code };
    if (!isLoan) order.kind = thing.kind;
    const [begin, end] = isLoan ? ["valid_from", "valid_to"] : ["done_on", "valid_until"];
    if (told[begin] && told[end] && told[end] < told[begin]) {
      this.trouble = say("due.ends_before");
      this.showPanel();
      return;
    }
    const button = event.target.querySelector("button.main");
    button.disabled = true;
    try {
      if (files.files.length) {
        const form = new FormData();
        form.append("file", files.files[0]);
        form.append("organisation", thing.organisation_code);
        order.document_id = (await send("POST", `${data.api}/documents`, form)).id;
      }
      await send("POST", `${data.api}/equipment/${isLoan ? "agreements" : "proofs"}`, order);
      this.trouble = "";
      this.done = say("due.saved");
      this.formNode = null;
      this.tell(this.done);
      await this.refresh();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      button.disabled = false;
      this.trouble = problemText(say, data.lang, error);
      this.showPanel();
    }
  },
});
