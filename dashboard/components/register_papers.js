// A piece's papers: proofs and agreements with their files, photos and documents; add and take back.

const PROVEN_RESULTS = ["pass", "limited", "fail"];

Object.assign(RegisterView.prototype, {
  proofs() {
    const { say, piece } = this;
    const latest = [...piece.proofs].sort((a, b) => (b.done_on ?? "").localeCompare(a.done_on ?? ""));
    return el("section", { "data-part": "proofs" }, el("h3", {}, say("due.proofs")), latest.length
      ? el("ul", { class: "papers" }, ...latest.map((one) => el("li", {},
        el("span", {}, el("strong", {}, say(`due_kind.${one.kind}`)), " ", one.result === "pass" ? null
          : el("span", { class: "chip bad" }, `! ${say(`proof_result.${one.result}`)}`)),
        this.days(one.done_on, one.valid_until),
        el("span", { class: "small muted" }, [one.certificate_no, one.issued_by].filter(Boolean).join(" · ")),
        this.paperLine(one.document_id, `equipment/proofs/${one.id}`))))
      : el("p", { class: "muted" }, say("due.no_papers")));
  },

  agreements() {
    const { say, piece } = this;
    if (piece.owner !== "borrowed" && !piece.agreements.length) return null;
    return el("section", { "data-part": "agreements" }, el("h3", {}, say("due.agreements")), piece.agreements.length
      ? el("ul", { class: "papers" }, ...piece.agreements.map((one) => el("li", {},
        el("strong", {}, one.partner || "—"), this.days(one.valid_from, one.valid_to),
        this.paperLine(one.document_id, `equipment/agreements/${one.id}`))))
      : el("p", { class: "muted" }, say("due.no_papers")));
  },

  papers() {
    const { say, data, documents } = this;
    const path = (one) => `${data.api}/documents/${one.id}/content`;
    return el("section", { "data-part": "documents" }, el("h3", {}, say("register.documents")), documents.length
      ? el("ul", { class: "papers" }, ...documents.map((one) => el("li", {},
        one.media_type.startsWith("image/") ? el("img", { src: path(one), alt: one.name, loading: "lazy" }) : null,
        el("span", {}, el("a", { href: path(one), download: one.name }, `⇩ ${one.name}`)),
        el("span", { class: "small muted" },
          `${Math.max(1, Math.round(one.size_bytes / 1024))} KB · ${one.uploaded_by} · ${clock(data.lang, one.uploaded_at)}`),
        this.takeBack(() => send("DELETE", `${data.api}/equipment/documents?${this.key()}&document_id=${one.id}`),
          "register.unlink"))))
      : el("p", { class: "muted" }, say("register.no_documents")));
  },

  days(first, last) {
    const { say, data } = this;
    return el("span", {}, joined(data.lang, [first, last && say("due.until", { day: last })]) || say("due.no_day"));
  },

  paperLine(documentId, path) {
    const { say, data } = this;
    return el("span", { class: "bar" },
      documentId ? el("a", { href: `${data.api}/documents/${documentId}/content`, download: true },
        `⇩ ${say("due.open_paper")}`) : null,
      this.takeBack(() => send("DELETE", `${data.api}/${path}`), "register.withdraw"));
  },

  // Asks once more in the same place: nobody loses a certificate by one slip of the finger.
  takeBack(doing, words) {
    const { say, data } = this;
    if (!data.may_write) return null;
    let isSure = false;
    const button = el("button", { type: "button", class: "link small", onclick: () => {
      if (isSure) this.act(null, "register.taken_back", doing);
      isSure = true;
      button.textContent = say("register.sure");
      button.classList.add("refused");
    } }, say(words));
    return button;
  },

  makeForms() {
    return { proof: this.proofForm(), agreement: this.piece.owner === "borrowed" ? this.agreementForm() : null,
      file: this.fileForm() };
  },

  adding(words, fields, act) {
    const { say } = this;
    const node = el("form", { class: "form", onsubmit: (event) => {
      event.preventDefault();
      act(node, Object.fromEntries([...new FormData(node)].filter(([, value]) => typeof value === "string" && value)));
    } }, ...fields, el("button", { type: "submit", class: "main" }, say("due.save")));
    return el("details", { class: "box" }, el("summary", {}, `＋ ${say(words)}`), node);
  },

  proofForm() {
    const { say, data } = this;
    const picker = filePicker(say, PAPER_FILES);
    const fields = el("div", { class: "rowed" },
      formChoice(say("due.kind"), "kind", data.proof_kinds.map((one) => [one, say(`due_kind.${one}`)])),
      formField(say("due.done_on"), "done_on", { type: "date", required: true }),
      formField(say("due.valid_until"), "valid_until", { type: "date" }),
      formChoice(say("due.result"), "result", PROVEN_RESULTS.map((one) => [one, say(`proof_result.${one}`)])),
      formField(say("due.certificate"), "certificate_no", { maxlength: 200 }),
      formField(say("due.issued_by"), "issued_by", { maxlength: 200 }));
    return this.adding("register.add_proof", [fields, el("span", { class: "small muted" }, say("due.paper")), picker.label],
      (node, told) => this.record(node, told, picker.field, "proofs"));
  },

  agreementForm() {
    const { say } = this;
    const picker = filePicker(say, PAPER_FILES);
    const fields = el("div", { class: "rowed" },
      formField(say("due.partner"), "partner", { required: true, maxlength: 200 }),
      formField(say("due.valid_from"), "valid_from", { type: "date" }),
      formField(say("due.valid_until"), "valid_to", { type: "date", required: true }));
    return this.adding("register.add_agreement", [fields, picker.label],
      (node, told) => this.record(node, told, picker.field, "agreements"));
  },

  fileForm() {
    const { say } = this;
    const picker = filePicker(say, PAPER_FILES, { isMany: true });
    return this.adding("register.add_document", [picker.label], (node) => this.act(node, "register.attached", async () => {
      for (const file of picker.field.files) {
        await send("POST", `${this.data.api}/equipment/documents`, { asset_number: this.opened,
          organisation: this.organisation, document_id: await this.upload(file) });
      }
    }));
  },

  async upload(file) {
    const form = new FormData();
    form.append("file", file);
    form.append("organisation", this.organisation);
    return (await send("POST", `${this.data.api}/documents`, form)).id;
  },

  record(node, told, files, what) {
    const { say, data, opened, organisation } = this;
    const [first, last] = [told.done_on ?? told.valid_from, told.valid_until ?? told.valid_to];
    if (first && last && last < first) {
      Object.assign(this, { told: "", trouble: say("due.ends_before") });
      this.showPiece();
      this.panel.dialog.scrollTo(0, 0);
      return;
    }
    this.act(node, "due.saved", async () => {
      const order = { ...told, asset_number: opened, organisation };
      if (files.files.length) order.document_id = await this.upload(files.files[0]);
      await send("POST", `${data.api}/equipment/${what}`, order);
    });
  },
});
