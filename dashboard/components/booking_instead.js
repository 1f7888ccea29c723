// A booking that had to give way: up to three slots it could have now, each a click from the form.

const InsteadParts = {
  insteadBox() {
    const { say, data, one } = this;
    if (one.state !== "displaced" || !data.may_book || one.holder !== data.me.username) return null;
    if (this.instead?.id !== one.id) this.loadInstead(one.id);
    const { slots } = this.instead;
    if (!slots) return null;
    return el("section", { class: "box", "data-part": "instead" }, el("p", {}, say(slots.length ? "booking.instead" : "booking.none_instead")),
      el("div", { class: "nearest" }, ...slots.map((slot, n) => el("button", { type: "button", class: "plain", "data-focus": `instead-${n}`,
        onclick: () => this.bookInstead(slot) }, spanWords(data.lang, slot.start_at, slot.end_at)))));
  },

  async loadInstead(id) {
    this.instead = { id, slots: null };
    try {
      const slots = await getJson(`${this.data.api}/bookings/${id}/nearest-slots`);
      if (this.instead.id !== id) return;
      this.instead.slots = slots;
      if (this.id === id && this.one) this.showOne();
    } catch (error) {
      // what it took may be gone; the rest of the page is as true without
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
    }
  },

  bookInstead(slot) {
    const { one } = this;
    this.instead = null;
    this.askFor({ keys: one.parts.filter((part) => part.is_asked).map((part) => part.resource_key),
      day: schoolDay(slot.start_at), from: schoolClock(slot.start_at), to: schoolClock(slot.end_at) });
    Object.assign(this.form, { purpose: one.purpose, title: one.title, note: one.note, module: one.module ?? "", headcount: one.headcount ?? "",
      minors: one.has_minors, supervisor: one.supervisor ?? "", before: one.set_up_s / 60, after: one.clear_up_s / 60 });
    this.showForm();
  },
};
