// Parameter texts that only a person can read: the words of the list beside a typed choice.

const KINDS = ["at_least", "at_most", "range", "equal", "flag", "includes"];
const SIGNS = { at_least: ">=", at_most: "<=", range: ">=", equal: "=", flag: "=", includes: "includes" };
const CLAUSE = /^([^<>={}]+?)\s*(>=|<=|>|<|=|includes|in)\s*(.+)$/;
const SETTLED_AT_ONCE = 40;

const SettleParts = {
  async loadPieces(list) {
    const all = this.showsSettled ? "false" : "true";
    const pieces = await allPages(`${this.path}/parameters?open_only=${all}`);
    if (list !== this.choice.list) return;
    this.pieces = pieces;
    this.openPieces = pieces.filter((one) => one.state === "proposed" || one.state === "unread").length;
  },

  settleTab() {
    const { say, data, pieces } = this;
    if (!pieces) return this.tabTrouble ? null : skeleton(6);
    this.drafts ??= new Map();
    const shown = pieces.slice(0, SETTLED_AT_ONCE);
    const proposals = pieces.filter((one) => one.state === "proposed");
    return el("div", { class: "settling" },
      el("p", { class: "muted" }, say("settle.hint")),
      this.isOwn ? null : el("p", { class: "box small" },
        say(this.list.organisation_code ? "settle.not_yours" : "settle.of_house")),
      el("div", { class: "bar" },
        el("label", { class: "tick" }, el("input", { type: "checkbox", checked: this.showsSettled,
          "data-focus": "show-settled", onchange: (event) => {
            this.showsSettled = event.target.checked;
            this.pieces = null;
            this.fetchTab();
            this.draw();
          } }), ` ${say("settle.show_all")}`),
        this.isOwn && proposals.length ? el("button", { type: "button", class: "plain", "data-focus": "accept-all",
          onclick: () => this.decide(proposals.map((one) => ({ item_zh: one.item_zh, text: one.text,
            outcome: "clause", clause: one.clause }))) }, say("settle.accept_all", { n: proposals.length })) : null,
        this.settleTrouble ? el("span", { class: "refused", role: "alert" }, this.settleTrouble) : null),
      pieces.length ? null : el("div", { class: "empty" }, el("p", {}, say("settle.none"))),
      el("datalist", { id: "names" }, ...this.knownNames().map((name) => el("option", { value: name }))),
      ...shown.map((one) => this.piece(one)),
      pieces.length > shown.length ? el("p", { class: "muted" }, say("settle.more", { n: pieces.length - shown.length })) : null,
      data.may_write ? null : el("p", { class: "small muted" }, say("settle.readers")));
  },

  knownNames() {
    const names = this.pieces.map((one) => CLAUSE.exec(one.clause)?.[1].replace(/^\(.*:\s*/, ""));
    return [...new Set([...Object.values(this.data.names),
      ...names.filter(Boolean).map((name) => this.data.names[name] ?? name)])];
  },

  // A clause with the names of parameters as the reader calls them; the server takes either.
  spoken(clause) {
    return clause.replace(/[a-z][a-z_]+/g, (name) => this.data.names[name] ?? name);
  },

  piece(one) {
    const { say } = this;
    const glyphs = { unread: "?", proposed: "!", settled: "✓", read: "✓" };
    const kinds = { unread: "unknown", proposed: "advice", settled: "ready", read: "ready" };
    const isOpen = one.state === "unread" || one.state === "proposed";
    const key = `${one.item_zh}|${one.text}`;
    return el("article", { class: "piece box", "data-piece": one.text, "data-state": one.state },
      el("header", {}, pill(kinds[one.state], glyphs[one.state], say(`piece.${one.state}`)),
        el("strong", {}, one.item_zh), el("span", { class: "small muted" },
          say("settle.rows", { list: one.row_ids.slice(0, 6).join("、"), n: one.row_ids.length }))),
      el("blockquote", { lang: "zh" }, one.text),
      one.clause ? el("p", { class: "small" },
        say(one.state === "proposed" ? "settle.proposed" : "settle.counts_as", { clause: this.spoken(one.clause) }),
        ...one.doubts.map((doubt) => el("span", { class: "chip" }, say(`doubt.${doubt}`)))) : null,
      one.decided_by ? el("p", { class: "small muted" }, [
        say(`outcome.${one.outcome}`), one.decided_by, clock(this.data.lang, one.decided_at), one.note,
      ].filter(Boolean).join(" · ")) : null,
      !this.isOwn ? null : isOpen || this.drafts.has(key) ? this.choosing(one, key)
        : el("button", { type: "button", class: "plain", "data-focus": `change-${key}`, onclick: () => {
          this.drafts.set(key, this.draftOf(one));
          this.draw();
        } }, say("settle.change")));
  },

  // What the builder starts from: the clause that was proposed or decided, else nothing.
  draftOf(one) {
    const found = CLAUSE.exec(this.spoken(one.clause));
    const draft = { outcome: one.outcome ?? "clause", kind: "at_least", name: "", value: "", note: one.note };
    if (!found) return draft;
    const [, name, sign, value] = found;
    const isRange = sign === ">=" && /\d\s*-\s*[-\d]/.test(value);
    const isFlag = sign === "=" && /^(true|false|是|否)$/i.test(value.trim());
    const kind = isRange ? "range" : isFlag ? "flag" : sign === ">=" ? "at_least" : sign === "<=" ? "at_most"
      : sign === "=" ? "equal" : sign === "includes" ? "includes" : "free";
    return kind === "free" ? { ...draft, kind, value: this.spoken(one.clause) }
      : { ...draft, kind, name, value: kind === "includes" ? value.replace(/[{}]/g, "") : value };
  },

  clauseOf({ kind, name, value }) {
    if (kind === "free") return value.trim();
    if (!name.trim() || (kind !== "flag" && !value.trim())) return "";
    const said = kind === "flag" ? value.trim() || "true" : kind === "includes" ? `{${value.trim()}}` : value.trim();
    return `${name.trim()} ${SIGNS[kind]} ${said}`;
  },

  choosing(one, key) {
    const { say } = this;
    if (!this.drafts.has(key)) this.drafts.set(key, this.draftOf(one));
    const draft = this.drafts.get(key);
    const reads = el("output", { class: "reads" });
    const save = el("button", { type: "submit", class: "main", "data-focus": `save-${key}` }, say("settle.save"));
    const look = () => {
      const clause = draft.outcome === "clause" ? this.clauseOf(draft) : "";
      reads.textContent = clause ? say("settle.reads", { clause }) : "";
      save.disabled = draft.outcome === "clause" && !clause;
    };
    const change = (name, isStructure = false) => (event) => {
      draft[name] = event.target.value;
      if (isStructure) this.draw();
      else look();
    };
    const outcomes = ["clause", "words_only", "not_applicable"].map((outcome) => el("label", { class: "tick" },
      el("input", { type: "radio", name: `outcome-${key}`, value: outcome, checked: draft.outcome === outcome,
        "data-focus": `outcome-${outcome}-${key}`, onchange: change("outcome", true) }), ` ${say(`outcome.${outcome}`)}`));
    const field = (name, label, more) => el("label", { class: "stacked" }, label, el("input", {
      type: "text", value: draft[name], "data-field": name, "data-focus": `${name}-${key}`, "data-keep": true,
      oninput: change(name), ...more }));
    const build = draft.outcome !== "clause" ? null : el("div", { class: "rowed" },
      draft.kind === "free" ? null : field("name", say("settle.name"), { list: "names" }),
      el("label", { class: "stacked" }, say("settle.kind"), el("select", { "data-field": "kind",
        "data-focus": `kind-${key}`, onchange: change("kind", true) },
      ...[...KINDS, "free"].map((kind) => el("option", { value: kind, selected: kind === draft.kind }, say(`clause_kind.${kind}`))))),
      draft.kind === "flag"
        ? el("label", { class: "stacked" }, say("settle.value"), el("select", { "data-focus": `value-${key}`,
          onchange: change("value") }, el("option", { value: "true", selected: draft.value !== "false" }, say("settle.yes")),
        el("option", { value: "false", selected: draft.value === "false" }, say("settle.no"))))
        : field("value", say(draft.kind === "free" ? "settle.free" : "settle.value"),
          { placeholder: say(`clause_example.${draft.kind}`) }));
    const form = el("form", { class: "form", onsubmit: (event) => {
      event.preventDefault();
      const clause = draft.outcome === "clause" ? this.clauseOf(draft) : "";
      this.decide([{ item_zh: one.item_zh, text: one.text, outcome: draft.outcome, clause, note: draft.note }], key);
    } },
    el("div", { class: "bar" }, ...outcomes), build, reads,
    el("div", { class: "rowed" }, field("note", say("settle.note"), { maxlength: 400 }), save));
    look();
    return form;
  },

  async decide(decisions, key = null) {
    const { say, data } = this;
    this.settleTrouble = "";
    try {
      const done = await send("POST", `${this.path}/parameters`, { decisions });
      if (key) this.drafts.delete(key);
      else this.drafts.clear();
      this.openPieces = done.still_open;
      this.rows = null;
      this.told = say("settle.done", { n: done.decided, rows: done.rows_changed, left: done.still_open });
      this.tell(this.told);
      await this.loadPieces(this.choice.list);
    } catch (error) {
      this.settleTrouble = problemText(say, data.lang, error);
    }
    this.root.getRootNode().activeElement?.blur();
    this.draw();
  },
};

Object.assign(ListsView.prototype, SettleParts);
