// One booking at the right: what it takes, the steps possible now, and everything that happened.

const CHECK_IN_EARLY_MS = 30 * 60_000;

const BookingPanelParts = {
  open(id, warnings = []) {
    this.id = id;
    this.done = null;
    this.one = null;
    this.form = null;
    this.trouble = "";
    this.warned = warnings;
    this.moving = false;
    keepInAddress(this.address());
    this.panel.show(this.say, this.say("booking.title", { id }), null, skeleton(8));
    this.look();
  },

  async look() {
    const { id } = this;
    const path = `${this.data.api}/bookings/${id}`;
    try {
      const [one, history] = await Promise.all([getJson(path), getJson(`${path}/history`)]);
      if (this.id !== id) return;
      const seen = JSON.stringify([one, this.affectedOpen(), this.hasLoaded]);
      const isSame = this.one && seen === this.seen;
      Object.assign(this, { one, history, seen });
      // whoever writes keeps the words while others move on
      if (!isSame) this.showOne();
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      if (this.id !== id) return;
      this.seen = null;
      const words = error.status === 404 ? "trouble.not_found" : "trouble.details";
      this.panel.show(this.say, this.say("booking.title", { id }), null,
        el("p", { class: "refused", role: "alert" }, this.say(words)));
    }
  },

  stateChip(one) {
    const glyphs = { draft: "✎", held: "◔", requested: "?", booked: "✓", waiting: "…", cancelled: "–",
      declined: "✕", expired: "–", displaced: "↷", released: "–" };
    return el("span", { class: "chip" }, `${glyphs[one.state]} ${this.say(`booking_state.${one.state}`)}`);
  },

  showOne() {
    const { say, data, one } = this;
    const title = one.title || say(`purpose.${one.purpose}`);
    this.panel.show(say, title, el("p", { class: "muted" }, say("booking.title", { id: one.id })),
      el("p", { class: "top" }, this.stateChip(one), el("span", { class: `key p-${one.purpose}` }, say(`purpose_glyph.${one.purpose}`)),
        say(`purpose.${one.purpose}`), one.holder === data.me.username ? el("span", { class: "chip" }, `★ ${say("booking.mine")}`) : null),
      this.doneLine(true),
      this.warningBox(this.warned),
      this.troubleOfOpen(), this.insteadBox(),
      this.facts(),
      this.trouble ? el("div", { class: "no-box", role: "alert" }, this.trouble) : null,
      this.steps(), this.incomeLink(), this.timeForm(), this.swapForm(), this.bookingHistory());
  },

  facts() {
    const { say, data, one } = this;
    const at = (iso) => iso && spanWords(data.lang, iso, iso).split("–")[0];
    const facts = [
      ["when", spanWords(data.lang, one.start_at, one.end_at)],
      ["what", one.parts.filter((part) => part.is_asked).map((part) => this.nameOf(part.resource_key)).join("、")],
      ["who", one.holder],
      ["for_org", one.requester_organisation_code === one.organisation_code ? "" : one.requester_organisation_code],
      ["hold_until", one.state === "held" && one.hold_until ? at(one.hold_until) : ""],
      ["module", one.module], ["headcount", one.headcount && `${one.headcount}${one.has_minors ? ` · ${say("booking.minors")}` : ""}`],
      ["supervisor", one.supervisor],
      ["buffers", one.set_up_s || one.clear_up_s ? say("booking.buffers_are", { before: one.set_up_s / 60, after: one.clear_up_s / 60 }) : ""],
      ["series", one.series_id && say("booking.in_series", { id: one.series_id })],
      ["checked_in", at(one.checked_in_at)], ["note", one.note], ["ended_because", one.reason],
    ];
    const word = (name, words) => (name === "hold_until" || name === "checked_in" ? say(`booking.${name}`, { at: "" }).trim() : say(`booking.${name}`));
    return el("dl", { class: "facts" }, ...facts.filter(([, words]) => words).flatMap(([name, words]) =>
      [el("dt", {}, word(name)), el("dd", { "data-fact": name }, String(words))]));
  },

  isEditor() {
    const { one, data } = this;
    return data.may_book && (one.holder === data.me.username || (data.may_approve && one.organisation_code === data.me.organisation));
  },

  // the server has the last word; what can't be meant is not offered
  possible() {
    const { one, data } = this;
    const now = Date.now();
    if (Date.parse(one.end_at) <= now) return [];
    const hasBegun = Date.parse(one.start_at) <= now;
    const isNear = Date.parse(one.start_at) - now <= Math.max(CHECK_IN_EARLY_MS, one.set_up_s * 1000);
    const steps = {
      draft: ["confirm", "hold"], held: ["confirm"], waiting: ["confirm"],
      requested: data.may_approve && one.organisation_code === data.me.organisation ? ["approve", "decline"] : [],
      booked: [...(one.checked_in_at || !isNear ? [] : ["check_in"]), ...(hasBegun ? ["end_early"] : [])],
    }[one.state];
    return steps && this.isEditor() ? [...steps, "cancel"] : [];
  },

  steps() {
    const { say, one } = this;
    const steps = this.possible();
    if (!steps.length) return null;
    const reason = say(steps.includes("decline") ? "booking.reason" : "booking.words");
    const words = el("input", { type: "text", maxlength: 400, "aria-label": reason, placeholder: reason, "data-focus": "reason" });
    const scope = one.series_id ? this.scopes("cancel-scope") : null;
    const button = (step) => el("button", { type: "button", class: ["confirm", "approve", "check_in"].includes(step) ? "main" : "plain",
      "data-step": step, "data-focus": `step-${step}`,
      onclick: (event) => this.step(step, words.value, scope?.querySelector("input:checked")?.value, event.target) },
    say(`booking_step.${step}`));
    return el("section", { class: "form box", "data-part": "act" }, words, scope, el("div", { class: "bar" }, ...steps.map(button)));
  },

  // what was used may have earned something; the page of utilisation has the form
  incomeLink() {
    const { one, data, say } = this;
    const isUsed = one.state === "booked" && Date.parse(one.start_at) <= Date.now() && one.organisation_code === data.me.organisation;
    return data.writes_income && isUsed && one.purpose !== "maintenance"
      ? el("p", {}, innerLink(this.component, "utilisation", { income: "new", booking: String(one.id), ...data.keep }, `${say("booking.enter_income")} →`)) : null;
  },

  scopes(name) {
    const { say } = this;
    return el("fieldset", { class: "scopes box" }, el("legend", { class: "small muted" }, say("booking.scope")),
      ...["this", "following", "all"].map((one) => el("label", { class: "tick" },
        el("input", { type: "radio", name, value: one, checked: one === "this" }), say(`booking_scope.${one}`))));
  },

  async step(step, reason, scope, button) {
    const { say, one, data } = this;
    if (step === "decline" && !reason.trim()) return this.refuse(say("booking.reason"));
    if (step === "cancel" && button.dataset.sure !== "1") {
      button.dataset.sure = "1";
      button.textContent = say("booking.cancel_sure");
      return undefined;
    }
    const path = `${data.api}/bookings/${one.id}`;
    const isOfSeries = step === "cancel" && scope && scope !== "this";
    const words = (answer) => (step === "confirm" && answer?.state === "requested" ? "booking.requested" : `booking_done.${step}`);
    return this.act(() => (isOfSeries
      ? send("POST", `${path}/series/cancellation`, { scope, reason })
      : send("POST", `${path}/steps`, { step, reason })), words);
  },

  // `words`: the text of what was done, by the answer
  async act(ask, words = () => "booking.saved") {
    const { say, data, id } = this;
    try {
      const answer = await ask();
      this.trouble = "";
      this.warned = answer?.warnings ?? [];
      this.one = null;
      this.finished(say(words(answer)));
      await this.look();
      this.refresh();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      if (this.id !== id) return;
      const { problem = {} } = error;
      const refusals = (problem.refusals ?? []).map((each) => bilingual(data.lang, each.said));
      this.refuse(refusals.join("；") || this.takenWords(problem) || problemText(say, data.lang, error));
    }
  },

  refuse(words) {
    this.done = null;
    this.trouble = words;
    this.showOne();
  },

  timeForm() {
    const { say, one, data } = this;
    const isOpen = ["draft", "held", "requested", "booked", "waiting"].includes(one.state) && Date.parse(one.end_at) > Date.now();
    if (!this.isEditor() || !isOpen) return null;
    const day = el("input", { type: "date", value: schoolDay(one.start_at), "aria-label": say("booking.day"), "data-focus": "move-day" });
    const from = el("input", { type: "time", value: schoolClock(one.start_at), "aria-label": say("booking.from"), "data-focus": "move-from" });
    const to = el("input", { type: "time", value: schoolClock(one.end_at), "aria-label": say("booking.to"), "data-focus": "move-to" });
    const scope = one.series_id ? this.scopes("move-scope") : null;
    return el("details", { "data-part": "move" }, el("summary", {}, say("booking.change_time")),
      el("form", { class: "form", onsubmit: (event) => {
        event.preventDefault();
        if (to.value <= from.value) { this.refuse(say("booking.ends_before")); return; }
        const times = { start_at: schoolMoment(day.value, from.value), end_at: schoolMoment(day.value, to.value) };
        const picked = scope?.querySelector("input:checked")?.value ?? "this";
        const path = `${data.api}/bookings/${one.id}`;
        this.act(() => (picked === "this" ? send("PATCH", path, times) : send("PATCH", `${path}/series`, { ...times, scope: picked })));
      } }, el("div", { class: "rowed" }, day, from, to), scope,
      el("div", { class: "bar" }, el("button", { type: "submit", class: "plain", "data-focus": "move" }, say("booking.save")))));
  },

  swapForm() {
    const { say, one, data } = this;
    const mine = this.mine.filter((each) => each.state === "booked" && Date.parse(each.start_at) > Date.now() && each.id !== one.id);
    const isOther = data.may_book && one.state === "booked" && one.holder !== data.me.username && Date.parse(one.start_at) > Date.now();
    if (!isOther || !mine.length) return null;
    const pick = el("select", { "aria-label": say("booking.swap_with"), "data-focus": "swap" }, ...mine.map((each) =>
      el("option", { value: each.id }, `${spanWords(data.lang, each.start_at, each.end_at)} ${each.title}`)));
    return el("details", { "data-part": "swap" }, el("summary", {}, say("booking.swap_with")),
      el("div", { class: "rowed" }, pick, el("button", { type: "button", class: "plain",
        onclick: () => this.act(() => send("POST", `${data.api}/bookings/${one.id}/swaps`, { offered_id: Number(pick.value) }), () => "booking.swap_offered") },
      say("booking.swap_offer"))));
  },

  bookingHistory() {
    const { say, data, history } = this;
    const word = (action) => data.texts[`booking_step.${action}`] ?? data.texts[`booking_state.${action}`] ?? action;
    return el("section", { "data-part": "history" }, el("h3", {}, say("booking.history")),
      el("ol", { class: "history" }, ...[...history].reverse().map((entry) => el("li", {},
        el("span", { class: "small muted" }, `${schoolWords(data.lang, entry.at, { month: "numeric", day: "numeric" })} ${schoolClock(entry.at)} · ${entry.who} `),
        word(entry.action)))));
  },
};
