// One piece at the right: what it is, its papers, its files, and all that ever happened to it.

const PAPER_FILES = ".pdf,.jpg,.jpeg,.png,.webp";
const QUIET = new Set(["proof", "agreement"]);

Object.assign(RegisterView.prototype, {
  open(number) {
    Object.assign(this, { opened: number, asset: number, piece: null, trouble: "", told: "", forms: null, job: null });
    keepInAddress(this.address());
    this.look();
  },

  key() {
    return new URLSearchParams({ asset_number: this.opened, organisation: this.organisation });
  },

  async look() {
    const number = this.opened;
    if (!number) return;
    this.showPiece();
    const { api } = this.data;
    const attached = new URLSearchParams({ entity: "equipment", entity_id: `${this.organisation}/${number}`, limit: "200" });
    try {
      const [piece, history, documents] = await Promise.all([getJson(`${api}/equipment/item?${this.key()}`),
        getJson(`${api}/equipment/history?${this.key()}`), getJson(`${api}/documents?${attached}`)]);
      if (this.opened !== number) return;
      const isSame = JSON.stringify([piece, history, documents]) === this.seen;
      Object.assign(this, { piece, history, documents: documents.items });
      this.seen = JSON.stringify([piece, history, documents]);
      if (isSame && !this.told && this.shown === number) return;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      this.trouble = this.say(error.status === 404 ? "trouble.not_found" : "trouble.connection");
    }
    this.showPiece();
  },

  showPiece() {
    const { say, data, opened, piece } = this;
    this.shown = piece ? opened : "";
    const line = this.found?.items.find((one) => one.asset_number === opened);
    // the same ones as before: what somebody fills in stays when the house changes
    if (piece && data.may_write) this.forms ??= this.makeForms();
    const known = piece ?? line;
    this.panel.show(say, known ? pieceName(data.lang, known) : opened,
      el("p", { class: "muted small" }, `${opened} · ${this.organisation}`),
      this.trouble ? el("p", { class: "refused", role: "alert" }, this.trouble) : null,
      this.told ? el("p", { class: "done", role: "status" }, this.told) : null,
      piece || this.trouble ? null : skeleton(6),
      ...(piece ? [this.facts(piece, line), this.proofs(), this.forms?.proof, this.agreements(), this.forms?.agreement,
        this.papers(), this.forms?.file, this.happened()] : []));
  },

  facts(piece, line) {
    const { say } = this;
    const [glyph, kind] = STATUS_MARKS[piece.status];
    const rows = piece.serves_rows.length ? piece.serves_rows : line?.rows ?? [];
    const told = [
      ["register.status", pill(kind, glyph, say(`equipment_status.${piece.status}`))],
      ["register.due", line?.due_state ? this.dueMark(line) : null],
      ["register.quantity", `${Number(piece.quantity.toFixed(2))} ${piece.quantity_unit}`],
      ["register.model", piece.model], ["register.serial", piece.serial],
      ["register.room", piece.location],
      ["stations.station", piece.station_codes.join(" ") || say("due.every_station")],
      ["register.owner", say(`ownership.${piece.owner}`)],
      ["register_field.original_value", piece.original_value && yuan(piece.original_value)],
      ["register.counts_for", rows.join(" ")],
      ["register.bench", piece.bench_code && innerLink(this.component, "bench",
        { bench: piece.bench_code, ...this.data.keep }, piece.bench_code)],
    ];
    const parameters = piece.parameters.split(/[;；\n]/).map((one) => one.trim()).filter(Boolean);
    return el("section", { class: "box" },
      el("dl", { class: "facts" }, ...told.filter(([, value]) => value).flatMap(([name, value]) =>
        [el("dt", {}, say(name)), el("dd", {}, value)])),
      el("h3", { class: "inner" }, say("register.parameters")),
      parameters.length ? el("ul", { class: "things" }, ...parameters.map((one) => el("li", {}, one)))
        : el("p", { class: "muted" }, say("register.no_parameters")));
  },

  happened() {
    const { say, data } = this;
    const shown = (name, value) => {
      if (value === null || value === undefined || value === "") return "—";
      if (name === "status") return say(`equipment_status.${value}`);
      if (name === "owner") return say(`ownership.${value}`);
      if (Array.isArray(value)) return value.every((one) => typeof one !== "object") ? value.join(" ") || "—" : String(value.length);
      return typeof value === "object" ? Object.values(value).filter((one) => typeof one === "string" && one).join(" · ") : String(value);
    };
    const line = (name, one) => el("li", {}, `${say(`register_field.${name}`)}：`,
      one.old && !QUIET.has(name) ? el("span", { class: "muted" }, `${shown(name, one.old[name])} → `) : null,
      shown(name, (one.new ?? one.old)[name]));
    const entry = (one) => {
      const names = Object.keys({ ...one.old, ...one.new }).filter((name) => data.texts[`register_field.${name}`]);
      const isFirst = one.action === "created";
      return el("li", {}, el("div", { class: "small muted" }, `${clock(data.lang, one.at)} · ${one.who}`),
        el("strong", {}, data.texts[`register_act.${one.action}`] ?? one.action),
        isFirst ? null : el("ul", { class: "small things" }, ...names.map((name) => line(name, one))));
    };
    return el("section", { "data-part": "history" }, el("h3", {}, say("register.history")),
      this.history.length ? el("ol", { class: "history" }, ...[...this.history].reverse().map(entry))
        : el("p", { class: "muted" }, say("due.no_papers")));
  },

  // Does something to the open piece and shows what became of it; a form that succeeded is made anew.
  async act(part, done, doing) {
    const { say, data } = this;
    const button = part?.querySelector("button.main");
    if (button) button.disabled = true;
    try {
      await doing();
      Object.assign(this, { trouble: "", told: say(done) });
      if (part && this.forms) this.forms = null;
      this.tell(this.told);
      await this.look();
      this.refresh();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      Object.assign(this, { told: "", trouble: problemText(say, data.lang, error) });
      this.showPiece();
      this.panel.dialog.scrollTo(0, 0);
    } finally {
      if (button) button.disabled = false;
    }
  },
});
