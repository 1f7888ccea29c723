// The form for a new booking, and what a refusal says: the policy in words, the nearest slots as one
// click, the queue, or the rest of a series.

const PURPOSES = ["class", "exam", "maintenance", "open_sharing"];
const REPEATS = { weekly: "FREQ=WEEKLY", fortnight: "FREQ=WEEKLY;INTERVAL=2" };
const MOST_TIMES = 40;

const BookingFormParts = {
  askFor({ keys, day, from, to }) {
    this.cameFrom = this.root.getRootNode().activeElement?.dataset?.focus;
    this.id = null;
    this.form = {
      keys: [...keys], day: day ?? schoolDay(Date.now()), from: from ?? "08:00", to: to ?? "09:40",
      purpose: "class", title: "", repeat: "none", times: 16, closed: "skip",
      headcount: "", minors: false, supervisor: "", module: "", before: 0, after: 0, note: "",
    };
    this.answer = null;
    this.showForm();
    this.loadThings();
  },

  async loadThings() {
    if (this.things) return;
    const { api, me } = this.data;
    const [rooms, staff] = await Promise.all([
      allPages(`${api}/rooms`).catch(() => []), allPages(`${api}/staff`).catch(() => []),
    ]);
    const own = (one) => one.organisation_code === me.organisation;
    const { lang } = this.data;
    const key = (kind, code) => `${kind}:${me.organisation}/${code}`;
    this.staff = staff.filter((one) => own(one) && !one.left_on);
    this.things = [
      ["bench", [...this.benches.values()].filter(own).map((one) =>
        [key("bench", one.code), `${one.code} ${inLanguage(lang, one, "name")}`])],
      ["room", rooms.filter(own).map((one) => [key("room", one.code), `${one.code} ${inLanguage(lang, one, "name")}`])],
      ["workstation", rooms.filter(own).flatMap((room) => room.workstations.map((one) =>
        [key("workstation", one.code), `${one.code} · ${room.code}`]))],
      ["person", this.staff.map((one) => [key("person", one.number), `${one.number} ${one.name}`])],
    ];
    this.names = new Map(this.things.flatMap(([, list]) => list));
    if (this.form) this.showForm();
  },

  nameOf(key) {
    const bench = this.benches?.get(key);
    const code = key.split("/").slice(1).join("/");
    return this.names?.get(key) ?? (bench ? `${code} ${inLanguage(this.data.lang, bench, "name")}` : code);
  },

  showForm() {
    const { say, form } = this;
    const field = (name, words, attributes = {}) => el("label", { class: "stacked" }, say(words),
      el("input", { type: "text", value: form[name], "data-focus": name, name,
        oninput: (event) => { form[name] = event.target.value; }, ...attributes }));
    const node = el("form", { class: "form", "data-part": "new", onsubmit: (event) => {
      event.preventDefault();
      this.book({ wish: "book" });
    } },
    this.chosenThings(),
    el("div", { class: "rowed" },
      field("day", "booking.day", { type: "date", required: true }),
      field("from", "booking.from", { type: "time", required: true }),
      field("to", "booking.to", { type: "time", required: true })),
    this.lessonChips(),
    segments(say("booking.purpose"), PURPOSES.map((one) => [one, say(`purpose.${one}`)]), form.purpose,
      (purpose) => { form.purpose = purpose; this.showForm(); }),
    field("title", "booking.name", { maxlength: 120 }),
    this.repeating(field),
    this.moreFields(field),
    this.answerBox(),
    el("div", { class: "bar" },
      el("button", { type: "submit", class: "main", "data-focus": "book" }, say("booking.do_book")),
      form.repeat === "none" ? el("button", { type: "button", class: "plain", "data-focus": "hold",
        onclick: () => this.book({ wish: "hold" }) }, say("booking.do_hold")) : null));
    this.panel.show(say, say("booking.new"), null, node);
  },

  chosenThings() {
    const { say, form } = this;
    const change = (keys) => { form.keys = keys; this.showForm(); };
    const groups = (this.things ?? []).filter(([, list]) => list.length).map(([kind, list]) =>
      el("optgroup", { label: say(`booking.kind_${kind}`) }, ...list.filter(([key]) => !form.keys.includes(key))
        .map(([key, words]) => el("option", { value: key }, words))));
    const asset = el("input", { type: "text", maxlength: 64, "data-focus": "asset", "aria-label": say("booking.asset"),
      placeholder: say("booking.asset") });
    return el("div", { class: "form" },
      el("ul", { class: "chosen" }, ...form.keys.map((key) => el("li", { "data-key": key }, this.nameOf(key),
        el("button", { type: "button", "aria-label": say("booking.remove", { what: this.nameOf(key) }),
          onclick: () => change(form.keys.filter((one) => one !== key)) }, "✕")))),
      el("div", { class: "rowed" },
        el("select", { "aria-label": say("booking.add_hint"), "data-focus": "add", name: "add",
          onchange: (event) => event.target.value && change([...form.keys, event.target.value]) },
        el("option", { value: "" }, say("booking.add_hint")), ...groups),
        asset, el("button", { type: "button", class: "plain", "data-focus": "add-asset",
          onclick: () => asset.value.trim() && change([...form.keys, `equipment:${this.data.me.organisation}/${asset.value.trim()}`]) },
        say("booking.add_asset"))));
  },

  lessonChips() {
    const { say, form, shape } = this;
    const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
    return el("div", { class: "lessons" }, ...(shape?.pairs ?? []).map((pair) => {
      const [from, to] = [clock(pair.start), clock(pair.end)];
      return el("button", { type: "button", class: "plain small", "aria-pressed": String(form.from === from && form.to === to),
        "data-focus": `lessons-${pair.name}`, onclick: () => { Object.assign(form, { from, to }); this.showForm(); } },
      say("booking.lessons", { n: pair.name }));
    }));
  },

  repeating(field) {
    const { say, form } = this;
    const pick = (name, options) => el("select", { name, "data-focus": name, "aria-label": name,
      onchange: (event) => { form[name] = event.target.value; this.showForm(); } },
    ...options.map(([key, words]) => el("option", { value: key, selected: key === form[name] }, words)));
    const repeats = ["none", "weekly", "fortnight"].map((one) => [one, say(`booking.repeat_${one}`)]);
    return el("div", { class: "rowed" },
      el("label", { class: "stacked" }, say("booking.repeat"), pick("repeat", repeats)),
      ...(form.repeat === "none" ? [] : [
        field("times", "booking.times", { type: "number", min: 2, max: MOST_TIMES, required: true }),
        el("label", { class: "stacked" }, say("booking.on_days_off"),
          pick("closed", ["skip", "make_up"].map((one) => [one, say(`booking_closed.${one}`)])))]));
  },

  moreFields(field) {
    const { say, form } = this;
    const supervisor = el("select", { name: "supervisor", "data-focus": "supervisor",
      onchange: (event) => { form.supervisor = event.target.value; } },
    el("option", { value: "" }, say("booking.no_supervisor")),
    ...(this.staff ?? []).map((one) => el("option", { value: one.number, selected: one.number === form.supervisor }, `${one.number} ${one.name}`)));
    const module = el("select", { name: "module", "data-focus": "module", onchange: (event) => { form.module = event.target.value; } },
      el("option", { value: "" }, "—"), ...[1, 2, 3, 4, 5].map((n) => `2-${n}`).map((one) =>
        el("option", { value: one, selected: one === form.module }, `${one} ${say(`module_short.${one}`)}`)));
    return el("details", { open: this.moreOpen, ontoggle: (event) => { this.moreOpen = event.target.open; } },
      el("summary", {}, say("booking.more_fields")),
      el("div", { class: "form" },
        el("div", { class: "rowed" },
          field("headcount", "booking.headcount", { type: "number", min: 1, max: 10000 }),
          el("label", { class: "tick" }, el("input", { type: "checkbox", checked: form.minors, "data-focus": "minors",
            onchange: (event) => { form.minors = event.target.checked; } }), say("booking.minors")),
          el("label", { class: "stacked" }, say("booking.supervisor"), supervisor),
          el("label", { class: "stacked" }, say("booking.module"), module)),
        el("div", { class: "rowed" },
          field("before", "booking.setup_min", { type: "number", min: 0, max: 1440 }),
          field("after", "booking.clearup_min", { type: "number", min: 0, max: 1440 })),
        field("note", "booking.note", { maxlength: 200 })));
  },

  orderOf({ wish, takeRest = false }) {
    const { form } = this;
    const order = {
      resources: form.keys, start_at: schoolMoment(form.day, form.from), end_at: schoolMoment(form.day, form.to),
      purpose: form.purpose, wish, title: form.title, note: form.note, has_minors: form.minors,
      set_up_min: Number(form.before), clear_up_min: Number(form.after),
      headcount: form.headcount ? Number(form.headcount) : null,
      supervisor: form.supervisor || null, module: form.module || null,
    };
    if (form.repeat === "none") return order;
    return { ...order, rule: `${REPEATS[form.repeat]};COUNT=${Number(form.times)}`, closed: form.closed, take_rest: takeRest };
  },

  async book(wanted) {
    const { say, form, data } = this;
    if (!form.keys.length) return this.tellForm({ words: say("booking.none_chosen") });
    if (form.to <= form.from) return this.tellForm({ words: say("booking.ends_before") });
    const isSeries = form.repeat !== "none";
    for (const one of this.panel.dialog.querySelectorAll("button")) one.disabled = true;
    try {
      const made = await send("POST", `${data.api}/${isSeries ? "booking-series" : "bookings"}`, this.orderOf(wanted));
      this.form = null;
      if (isSeries) {
        this.refresh();
        return this.toldSeries(made);
      }
      this.open(made.id, made.warnings);
      const told = ["requested", "held", "waiting"].includes(made.state) ? made.state : "booked";
      this.finished(say(`booking.${told}`, { at: made.hold_until ? schoolClock(made.hold_until) : "" }));
      this.refresh();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      this.tellForm({ words: problemText(say, data.lang, error), problem: error.problem });
    }
  },

  tellForm(answer) {
    this.answer = answer;
    this.showForm();
    this.panel.dialog.querySelector("[role=alert]")?.scrollIntoView({ block: "nearest" });
  },

  toldSeries(made) {
    const { say, data } = this;
    this.tell(say("booking.series_booked", { n: made.bookings.length }));
    const warnings = made.bookings.flatMap((one) => one.warnings);
    this.panel.show(say, say("booking.series_booked", { n: made.bookings.length }), null,
      this.warningBox(warnings),
      el("ul", {}, ...made.bookings.map((one) => el("li", {}, spanWords(data.lang, one.start_at, one.end_at),
        ` · ${say(`booking_state.${one.state}`)}`))),
      made.collisions.length ? el("div", { class: "note-box" }, ...this.collisionLines(made.collisions)) : null);
  },

  warningBox(warnings = []) {
    const { say, data } = this;
    const said = [...new Set(warnings.map((one) => bilingual(data.lang, one)))];
    return said.length ? el("div", { class: "note-box", "data-part": "warnings" }, el("strong", {}, say("booking.warnings")),
      el("ul", { class: "refusals" }, ...said.map((words) => el("li", {}, words)))) : null;
  },

  collisionLines(collisions) {
    const { data } = this;
    return collisions.map((one) => el("div", {}, spanWords(data.lang, one.start_at, one.end_at), "：",
      (one.facts?.refusals ?? []).map((each) => bilingual(data.lang, each.said)).join("；")
        || this.takenWords(one.facts) || one.detail));
  },

  takenWords(facts) {
    if (!facts?.resource_key) return "";
    return this.say("booking.taken", { what: this.nameOf(facts.resource_key),
      from: schoolClock(facts.start_at), to: schoolClock(facts.end_at) });
  },

  answerBox() {
    const { say, data, answer } = this;
    if (!answer) return null;
    const { problem = {}, words } = answer;
    const refusals = (problem.refusals ?? []).map((one) => bilingual(data.lang, one.said));
    const collisions = problem.collisions ?? [];
    const taken = this.takenWords(problem);
    const nearest = problem.nearest ?? [];
    const button = (key, onclick, text) => el("button", { type: "button", class: "plain", "data-focus": key, onclick }, text);
    const rest = (problem.wanted ?? 0) - collisions.length;
    return el("div", { class: "no-box", role: "alert", "data-part": "refusal" },
      refusals.length ? el("ul", { class: "refusals" }, ...refusals.map((one) => el("li", {}, one)))
        : el("p", {}, collisions.length ? say("booking.collisions", { n: collisions.length }) : taken || words),
      ...this.collisionLines(collisions),
      refusals.length || taken ? el("p", {}, say(nearest.length ? "booking.nearest" : "booking.no_nearest")) : null,
      el("div", { class: "nearest" },
        ...nearest.map((one, n) => button(`nearest-${n}`, () => this.takeNearest(one), spanWords(data.lang, one.start_at, one.end_at))),
        taken && !collisions.length ? button("wait", () => this.book({ wish: "wait" }), say("booking.do_wait")) : null,
        collisions.length && rest > 0 ? button("rest", () => this.book({ wish: "book", takeRest: true }), say("booking.take_rest", { n: rest })) : null));
  },

  takeNearest(slot) {
    Object.assign(this.form, { day: schoolDay(slot.start_at), from: schoolClock(slot.start_at), to: schoolClock(slot.end_at) });
    this.answer = null;
    this.showForm();
    this.panel.dialog.querySelector('[data-focus="book"]')?.focus();
  },
};
