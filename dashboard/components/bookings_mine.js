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

  // offers to swap that wait for an answer, each with the bookings of both sides
  async loadSwaps() {
    const { api } = this.data;
    const open = await getJson(`${api}/booking-swaps`);
    return Promise.all(open.map(async (one) => {
      const [offered, wanted] = await Promise.all([one.offered_id, one.wanted_id].map((id) => getJson(`${api}/bookings/${id}`)));
      return { ...one, offered, wanted };
    }));
  },

  swapOffer(one) {
    const { say, data } = this;
    const isMine = one.offered_by === data.me.username;
    const words = (booking) => `${spanWords(data.lang, booking.start_at, booking.end_at)} ${booking.title} (${booking.holder})`;
    const button = (accept, key, kind) => el("button", { type: "button", class: kind, "data-focus": `swap-${one.id}-${accept}`,
      onclick: () => this.answerSwap(one.id, accept) }, say(key));
    return el("div", { class: "answer", "data-swap": one.id },
      el("div", {}, el("div", {}, say("booking.swap_gets", { what: words(one.offered) })),
        el("div", {}, say("booking.swap_gives", { what: words(one.wanted) })),
        el("div", { class: "small muted" }, say("booking.swap_by", { who: one.offered_by }))),
      el("div", { class: "bar" }, isMine ? null : button(true, "booking.swap_accept", "main"),
        button(false, isMine ? "booking.swap_withdraw" : "booking.swap_refuse", "plain")));
  },

  async answerSwap(id, accept) {
    const { say, data } = this;
    this.done = null;
    try {
      await send("POST", `${data.api}/booking-swaps/${id}/answer`, { accept });
      this.swapTrouble = "";
      this.finished(say(accept ? "booking.swapped" : "booking.swap_ended"));
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      this.swapTrouble = problemText(say, data.lang, error);
    }
    this.refresh();
  },

  swapOffers() {
    const { say, swaps } = this;
    if (!swaps.length && !this.swapTrouble) return null;
    return el("section", { class: "group", "data-group": "swaps" }, el("h3", {}, say("booking.swaps")),
      this.swapTrouble ? el("p", { class: "refused", role: "alert" }, this.swapTrouble) : null,
      el("div", { class: "answers" }, ...swaps.map((one) => this.swapOffer(one))));
  },

  mineParts() {
    const { say, mine } = this;
    if (!mine.length && !this.swaps.length && !this.affected.length) {
      return [el("div", { class: "empty" }, el("p", {}, say("booking.none_mine")), el("p", {}, say("booking.none_mine_hint")))];
    }
    const now = Date.now();
    const isOver = (one) => Date.parse(one.end_at) <= now || !(one.state === "booked" || WAITING_STATES.has(one.state));
    return [
      this.affectedParts(),
      this.swapOffers(),
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
