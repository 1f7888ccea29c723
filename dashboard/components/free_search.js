// Two ways to find time: what is free at a time, and when a whole set is free next. Both end in the
// form for a new booking, filled in.

const FREE_KINDS = ["bench", "room", "workstation", "person"];
const SEARCH_DAYS = 28;

const FreeSearchParts = {
  freeParts() {
    const now = Date.now();
    this.asked ??= { day: schoolDay(now), from: schoolClock(now), to: schoolClock(now + 45 * MINUTE_MS), kind: "bench" };
    this.search ??= { minutes: 90, purpose: "class", needs: [{ kind: "bench", profile: "", count: 1 }] };
    if (!this.freeNow && !this.isAsking) this.askFree();
    if (!this.things) this.loadThings().then(() => this.draw());
    return [el("div", { class: "free-two" }, this.freeAtBox(), this.nextSetBox())];
  },

  stationQuery() {
    return this.station ? { station: this.station.code, organisation: this.owner } : { organisation: this.owner };
  },

  async askFree() {
    const { asked } = this;
    this.isAsking = true;
    this.freeTrouble = "";
    const query = new URLSearchParams({ from: schoolMoment(asked.day, asked.from), to: schoolMoment(asked.day, asked.to),
      kind: asked.kind, ...this.stationQuery() });
    try {
      this.freeNow = await getJson(`${this.data.api}/free?${query}`);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      this.freeNow = [];
      this.freeTrouble = this.say(error.status === 422 ? "booking.bad_time" : "trouble.connection");
    }
    this.isAsking = false;
    this.draw();
  },

  freeAtBox() {
    const { say, asked } = this;
    const field = (name, type) => el("label", { class: "stacked" }, say(`booking.${name}`),
      el("input", { type, value: asked[name], required: true, "data-focus": `free-${name}`,
        onchange: (event) => { asked[name] = event.target.value; } }));
    const found = this.freeNow;
    return el("section", { class: "box", "data-part": "free-at" }, el("h3", {}, say("booking.free_at")),
      el("form", { class: "rowed", onsubmit: (event) => { event.preventDefault(); this.freeNow = null; this.askFree(); } },
        field("day", "date"), field("from", "time"), field("to", "time"),
        el("label", { class: "stacked" }, say("booking.what"), this.kindChoice(asked.kind, (kind) => { asked.kind = kind; }, "free-kind")),
        el("button", { type: "submit", class: "main", "data-focus": "ask-free" }, say("booking.look"))),
      this.freeTrouble ? el("p", { class: "refused", role: "alert" }, this.freeTrouble) : null,
      !found ? skeleton(4) : found.length ? el("ul", { class: "found" }, ...[...found]
        .sort((a, b) => Number(b.is_bookable && b.is_free) - Number(a.is_bookable && a.is_free)).map((one) => this.freeLine(one)))
        : el("p", { class: "muted" }, say("booking.nothing_of_kind")));
  },

  kindChoice(value, onPick, focus) {
    return el("select", { "data-focus": focus, onchange: (event) => onPick(event.target.value) },
      ...FREE_KINDS.map((kind) => el("option", { value: kind, selected: kind === value }, this.say(`booking.kind_${kind}`))));
  },

  freeLine(one) {
    const { say, data, asked } = this;
    const canBook = one.is_free && one.is_bookable;
    const why = [...one.refusals, ...one.warnings].map((each) => bilingual(data.lang, each.said ?? each));
    const state = one.under_repair ? say("booking.under_repair")
      : !one.is_open ? say("booking.closed")
        : one.is_free ? (one.free_until ? say("booking.free_until", { at: this.nearWords(one.free_until) }) : say("booking.free"))
          : one.taken_until ? say("booking.taken_until", { at: this.nearWords(one.taken_until) }) : say("booking.is_taken");
    return el("li", { "data-key": one.resource_key, class: canBook ? (one.warnings.length ? "can but" : "can") : "" },
      el("span", { class: "glyph", "aria-hidden": "true" }, !canBook ? "–" : one.warnings.length ? "!" : "✓"),
      el("div", {}, el("strong", {}, `${one.code} ${this.names?.get(one.resource_key)?.replace(`${one.code} `, "") ?? one.name}`),
        el("div", { class: "small muted" }, state), ...why.map((words) => el("div", { class: "small" }, words))),
      canBook && data.may_book ? el("button", { type: "button", class: "plain", "data-focus": `book-${one.resource_key}`,
        onclick: () => this.askFor({ keys: [one.resource_key], day: asked.day, from: asked.from, to: asked.to }) }, say("booking.do_book")) : null);
  },

  nearWords(iso) {
    const { lang } = this.data;
    const isSame = schoolDay(iso) === this.asked.day;
    return isSame ? schoolClock(iso) : `${schoolWords(lang, iso, { month: "numeric", day: "numeric" })} ${schoolClock(iso)}`;
  },

  nextSetBox() {
    const { say, search } = this;
    const profiles = [...new Set([...this.benches.values()].filter((one) => one.organisation_code === this.owner).map((one) => one.profile))].sort();
    const again = () => this.draw();
    const need = (one, at) => el("div", { class: "rowed", "data-need": at },
      this.kindChoice(one.kind, (kind) => { Object.assign(one, { kind, profile: "", key: "" }); again(); }, `need-kind-${at}`),
      this.whichOne(one, at, profiles),
      el("input", { type: "number", min: 1, max: 20, value: one.count, class: "few", "aria-label": say("booking.count"), "data-focus": `count-${at}`,
        onchange: (event) => { one.count = Number(event.target.value) || 1; } }),
      search.needs.length > 1 ? el("button", { type: "button", class: "plain", "aria-label": say("booking.remove", { what: String(at + 1) }),
        onclick: () => { search.needs.splice(at, 1); again(); } }, "✕") : null);
    return el("section", { class: "box", "data-part": "next-set" }, el("h3", {}, say("booking.next_set")),
      el("form", { class: "form", onsubmit: (event) => { event.preventDefault(); this.askSlots(); } },
        ...search.needs.map(need),
        el("div", { class: "bar" },
          el("button", { type: "button", class: "plain", "data-focus": "add-need",
            onclick: () => { search.needs.push({ kind: "room", profile: "", key: "", count: 1 }); again(); } }, `＋ ${say("booking.and_also")}`)),
        el("div", { class: "rowed" },
          el("label", { class: "stacked" }, say("booking.minutes"), el("input", { type: "number", min: 1, max: 1440, value: search.minutes,
            "data-focus": "minutes", onchange: (event) => { search.minutes = Number(event.target.value) || 45; } })),
          el("label", { class: "stacked" }, say("booking.purpose"), el("select", { "data-focus": "search-purpose",
            onchange: (event) => { search.purpose = event.target.value; } },
          ...PURPOSES.map((one) => el("option", { value: one, selected: one === search.purpose }, say(`purpose.${one}`))))),
          el("button", { type: "submit", class: "main", "data-focus": "ask-slots" }, say("booking.find")))),
      this.slotsFound());
  },

  whichOne(one, at, profiles) {
    const { say } = this;
    const options = one.kind === "bench"
      ? profiles.map((profile) => [`profile:${profile}`, say("booking.any_of", { what: profile })]) : [];
    const things = (this.things ?? []).find(([kind]) => kind === one.kind)?.[1] ?? [];
    const value = one.key || (one.profile ? `profile:${one.profile}` : "");
    return el("select", { "aria-label": say("booking.what"), "data-focus": `need-${at}`, onchange: (event) => {
      const picked = event.target.value;
      const isProfile = picked.startsWith("profile:");
      Object.assign(one, { profile: isProfile ? picked.slice("profile:".length) : "", key: isProfile ? "" : picked });
    } }, el("option", { value: "" }, say("booking.any")),
    ...[...options, ...things].map(([key, words]) => el("option", { value: key, selected: key === value }, words)));
  },

  async askSlots() {
    const { search, data, say } = this;
    this.slots = null;
    this.slotTrouble = "";
    const needs = search.needs.map((one) => ({ count: one.count, kind: one.kind, ...(one.key ? { keys: [one.key] } : {}),
      ...(one.profile ? { profile: one.profile } : {}) }));
    const end = new Date(Date.now() + SEARCH_DAYS * DAY_MINUTES * MINUTE_MS - MINUTE_MS).toISOString();
    try {
      this.slots = await send("POST", `${data.api}/free/slots`, { minutes: search.minutes, purpose: search.purpose, needs,
        end_at: end, organisation: this.owner });
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      this.slotTrouble = problemText(say, data.lang, error);
    }
    this.draw();
  },

  slotsFound() {
    const { say, data, slots } = this;
    if (this.slotTrouble) return el("p", { class: "refused", role: "alert" }, this.slotTrouble);
    if (!slots) return null;
    if (!slots.slots.length) {
      return el("div", { class: "note-box" }, el("p", {}, say("booking.no_slot", { n: slots.considered })),
        ...slots.refusals.map((one) => el("p", { class: "small" }, bilingual(data.lang, one.said ?? one))));
    }
    return el("ul", { class: "found", "data-part": "slots" }, ...slots.slots.map((one, n) => el("li", { class: "can" },
      el("span", { class: "glyph", "aria-hidden": "true" }, "✓"),
      el("div", {}, el("strong", {}, spanWords(data.lang, one.start_at, one.end_at)),
        el("div", { class: "small" }, one.resources.map((each) => `${each.code} ${each.name}`).join("、")),
        one.needs_approval_by.length ? el("div", { class: "small muted" }, say("booking_state.requested")) : null),
      data.may_book ? el("button", { type: "button", class: "plain", "data-focus": `slot-${n}`, onclick: () => {
        this.askFor({ keys: one.resources.map((each) => each.resource_key), day: schoolDay(one.start_at),
          from: schoolClock(one.start_at), to: schoolClock(one.end_at) });
        this.form.purpose = this.search.purpose;
        this.showForm();
      } }, say("booking.do_book")) : null)));
  },
};
