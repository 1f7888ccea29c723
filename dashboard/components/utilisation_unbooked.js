// Use in nobody's booking: what may explain each stretch, whose a station master says it was, and the
// sessions and telemetry behind it. What is measured stays as it is.

const UNBOOKED_LINES = 20;
const MOST_UNBOOKED = 200;
const USE_PURPOSES = ["class", "exam", "maintenance", "open_sharing", "other"];

const UseUnbookedParts = {
  unbookedQuery() {
    const { settled } = this.filters;
    return this.query({ limit: String(this.unbookedMost ?? UNBOOKED_LINES), ...(settled === "open" && { settled: "false" }) });
  },

  unbookedBox() {
    const { say, filters, unbooked: found } = this;
    const left = Math.min(found.total, MOST_UNBOOKED) - found.items.length;
    return el("section", { class: "box", "data-part": "unbooked" },
      el("header", {}, el("h3", {}, say("use_rate.unbooked_of", { n: hoursOf(found.seconds), known: hoursOf(found.explained_s) })),
        segments(say("use_rate.unbooked_show"), ["open", "all"].map((one) => [one, say(`use_rate.unbooked_${one}`)]), filters.settled,
          (settled) => { this.unbookedMost = UNBOOKED_LINES; this.set({ settled }); })),
      found.items.length ? el("ul", { class: "lines" }, ...found.items.map((one) => this.stretchLine(one)))
        : el("p", { class: "muted" }, say(filters.settled === "open" && found.seconds > 0 ? "use_rate.unbooked_none_open" : "use_rate.unbooked_none")),
      left > 0 ? el("button", { type: "button", class: "plain", "data-focus": "more-unbooked",
        onclick: () => { this.unbookedMost = Math.min(MOST_UNBOOKED, found.items.length + UNBOOKED_LINES); this.refresh(); } },
      say("use_rate.show_more", { n: Math.min(UNBOOKED_LINES, left) })) : null,
      found.total > MOST_UNBOOKED && left <= 0 ? el("p", { class: "small muted" }, say("use_rate.unbooked_rest", { n: found.total - MOST_UNBOOKED })) : null,
      found.short ? el("p", { class: "small muted" }, say("use_rate.unbooked_short", { n: found.short, time: span(say, found.short_s) })) : null);
  },

  stretchPill(one) {
    const { say } = this;
    if (one.is_open) return pill("use", "▶", say("use_rate.goes_on"));
    return one.is_settled ? pill("ready", "✓", say("use_rate.is_settled")) : pill("unknown", "?", say("use_rate.is_unsettled"));
  },

  stretchLine(one) {
    const { say, data } = this;
    const name = `${one.bench} ${inLanguage(data.lang, one, "name")}`;
    return el("li", { "data-stretch": one.bench, "data-settled": String(one.is_settled) },
      el("div", { class: "topline" },
        el("button", { type: "button", class: "name", "data-focus": `stretch-${one.bench}-${one.start_at}`,
          title: say("use_rate.open_stretch"), onclick: () => this.openStretch(one) }, name),
        el("span", {}, `${spanWords(data.lang, one.start_at, one.end_at)} · ${span(say, one.seconds)}`), this.stretchPill(one)),
      el("div", { class: "small muted" }, one.notes.length ? one.notes.map((note) => this.noteWords(note)).join("；")
        : one.causes.map((cause) => this.causeWords(cause)).join(" · ") || say("use_rate.no_cause")));
  },

  causeWords(cause) {
    return this.say(`use_cause.${cause.kind}`, { n: cause.booking_id ?? cause.work_order_id, who: cause.holder,
      time: span(this.say, cause.seconds ?? 0) });
  },

  noteWords(note) {
    const purpose = this.say(note.purpose === "other" ? "use_rate.purpose_other" : `purpose.${note.purpose}`);
    return [note.belongs_to, purpose, note.words].filter(Boolean).join(" · ");
  },

  openStretch(one) {
    this.stretch = one;
    this.settledWords = "";
    this.refusedWords = "";
    this.settling = { belongs_to: "", purpose: "class", words: "" };
    this.showStretch();
  },

  showStretch() {
    const { say, data, stretch: one } = this;
    const link = (page, query, words) => innerLink(this.component, page, { ...query, ...data.keep }, words);
    const cause = (each) => el("li", {}, each.booking_id ? link("bookings", { booking: String(each.booking_id) }, this.causeWords(each))
      : each.work_order_id ? link("repairs", { order: String(each.work_order_id) }, this.causeWords(each)) : this.causeWords(each));
    const session = (each) => el("li", {}, spanWords(data.lang, each.start_at, each.end_at), " ",
      each.is_open ? el("span", { class: "chip" }, say("use_rate.goes_on")) : null);
    this.panel.show(say, `${one.bench} ${inLanguage(data.lang, one, "name")}`,
      el("p", { class: "muted" }, `${spanWords(data.lang, one.start_at, one.end_at)} · ${span(say, one.seconds)}`),
      el("p", {}, this.stretchPill(one)),
      this.settledWords ? el("p", { class: "done", role: "status" }, this.settledWords) : null,
      this.refusedWords ? el("p", { class: "refused", role: "alert" }, this.refusedWords) : null,
      this.noteBox(one), data.may_settle ? this.settleForm(one) : null,
      el("section", { "data-part": "causes" }, el("h3", {}, say("use_rate.causes")),
        one.causes.length ? el("ul", { class: "lines" }, ...one.causes.map(cause)) : el("p", { class: "muted" }, say("use_rate.no_cause"))),
      el("section", { "data-part": "sessions" }, el("h3", {}, say("use_rate.sessions", { n: one.usage_sessions.length, all: one.usage_sessions.length })),
        el("ul", { class: "lines" }, ...one.usage_sessions.map(session)),
        el("p", {}, link("history", { bench: one.bench, from: one.start_at, to: one.end_at }, `${say("use_rate.to_history")} →`))));
  },

  noteBox(one) {
    const { say, data } = this;
    if (!one.notes.length) return null;
    const at = (iso) => schoolWords(data.lang, iso, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    return el("section", { class: "box", "data-part": "notes" }, el("h3", {}, say("use_rate.belongs_to")),
      el("ul", { class: "lines" }, ...one.notes.map((note) => el("li", {}, el("div", {}, this.noteWords(note)),
        el("div", { class: "small muted" }, `${note.created_by} · ${at(note.created_at)}`),
        data.may_settle ? el("button", { type: "button", class: "plain", "data-focus": `withdraw-${note.id}`,
          onclick: (event) => this.act(event.target, "DELETE", `notes/${note.id}`, null,
            () => this.noted(one, one.notes.filter((each) => each.id !== note.id), "use_rate.was_withdrawn")) },
        say("use_rate.withdraw")) : null))));
  },

  settleForm(one) {
    const { say, settling } = this;
    if (one.is_open) return el("p", { class: "muted" }, say("use_rate.settle_later"));
    const keep = (name) => (event) => { settling[name] = event.target.value; };
    const field = (name, node) => el("label", { class: "stacked" }, say(`use_rate.settle_${name}`), node);
    const purpose = (value) => el("option", { value, selected: settling.purpose === value },
      say(value === "other" ? "use_rate.purpose_other" : `purpose.${value}`));
    const submit = (event) => {
      event.preventDefault();
      const order = { bench_code: one.bench, at: one.start_at, ...settling };
      this.act(event.submitter, "POST", "notes", order, (note) => this.noted(one, [note], "use_rate.was_settled"));
    };
    return el("form", { class: "form box", "data-part": "settle", onsubmit: submit },
      el("h3", {}, say(one.is_settled ? "use_rate.settle_again" : "use_rate.settle")),
      field("belongs_to", el("input", { type: "text", name: "belongs_to", required: true, maxlength: 80, value: settling.belongs_to,
        "data-focus": "belongs_to", oninput: keep("belongs_to") })),
      field("purpose", el("select", { name: "purpose", "data-focus": "settle-purpose", onchange: keep("purpose") }, ...USE_PURPOSES.map(purpose))),
      field("words", el("textarea", { name: "words", maxlength: 500, rows: 2, "data-focus": "settle-words", oninput: keep("words") }, settling.words)),
      el("p", { class: "small muted" }, say("use_rate.settle_hint")),
      el("div", { class: "bar" }, el("button", { class: "main", "data-focus": "settle" }, say("use_rate.settle_submit"))));
  },

  noted(one, notes, words) {
    const isSettled = notes.length > 0;
    this.stretch = { ...one, notes, is_settled: isSettled, explained_s: isSettled ? one.seconds : 0 };
    this.settledWords = this.say(words);
    this.settling = { belongs_to: "", purpose: "class", words: "" };
  },

  async act(button, method, path, body, take) {
    const { say, data, stretch } = this;
    button.disabled = true;
    Object.assign(this, { settledWords: "", refusedWords: "" });
    try {
      const answer = await send(method, `${data.api}/utilisation/unbooked/${path}`, body);
      if (this.stretch === stretch) take(answer);
      this.tell(this.settledWords);
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      this.refusedWords = problemText(say, data.lang, error);
    }
    if (this.stretch && this.panel.isOpen) this.showStretch();
    this.refresh();
  },
};
