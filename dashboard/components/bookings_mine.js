// My bookings in the order they come, and those that await a station master's yes.

const WAITING_STATES = new Set(["draft", "held", "waiting", "requested"]);

const OwnBookingsParts = {
  bookingCard(one) {
    const { say, data } = this;
    const left = one.state === "held" && one.hold_until
      ? el("span", { class: "chip" }, say("booking.left", { n: Math.max(0, Math.ceil((Date.parse(one.hold_until) - Date.now()) / MINUTE_MS)) })) : null;
    return el("button", { type: "button", class: "booking", "data-booking": one.id, "data-focus": `booking-${one.id}`,
      onclick: () => this.open(one.id) },
    el("span", { class: "top" }, this.stateChip(one), el("span", { class: `key p-${one.purpose}` }, say(`purpose_glyph.${one.purpose}`)), left),
    el("strong", {}, one.title || say(`purpose.${one.purpose}`)),
    el("span", {}, spanWords(data.lang, one.start_at, one.end_at)),
    el("span", { class: "small muted" }, [one.parts.filter((part) => part.is_asked).map((part) => this.nameOf(part.resource_key)).join("、"),
      one.holder === data.me.username ? "" : one.holder].filter(Boolean).join(" · ")));
  },

  groupOf(name, its) {
    const { say } = this;
    return el("section", { class: "group", "data-group": name }, el("h3", {}, say(`booking.${name}`)),
      its.length ? el("div", { class: "cards" }, ...its.map((one) => this.bookingCard(one)))
        : el("p", { class: "muted" }, say("booking.none_here")));
  },

  mineParts() {
    const { say, mine } = this;
    if (!mine.length) {
      return [el("div", { class: "empty" }, el("p", {}, say("booking.none_mine")), el("p", {}, say("booking.none_mine_hint")))];
    }
    const now = Date.now();
    const isOver = (one) => Date.parse(one.end_at) <= now || !(one.state === "booked" || WAITING_STATES.has(one.state));
    return [
      this.groupOf("coming", mine.filter((one) => one.state === "booked" && !isOver(one))),
      this.groupOf("queue", mine.filter((one) => WAITING_STATES.has(one.state) && !isOver(one))),
      this.groupOf("past", mine.filter(isOver).reverse()),
    ];
  },

  approveParts() {
    const { say } = this;
    if (!this.requested.length) {
      return [el("div", { class: "empty" }, el("p", {}, say("booking.none_approve")), el("p", {}, say("booking.none_approve_hint")))];
    }
    return [el("div", { class: "cards" }, ...this.requested.map((one) => this.bookingCard(one)))];
  },
};
