// What rigs say against bookings: which booking lacks a rig that is in order, and what can stand in.

const RigTroubleParts = {
  async loadAffected() {
    const { api, me, may_approve: mayApprove } = this.data;
    const found = await getJson(`${api}/bookings/affected`);
    return found.filter(({ booking }) => booking.holder === me.username
      || (mayApprove && booking.organisation_code === me.organisation));
  },

  troubleBox(one) {
    const { say, data } = this;
    const { booking } = one;
    return el("div", { class: "note-box", "data-affected": booking.id }, ...one.failed.map((part) => el("div", {},
      el("strong", {}, `✕ ${this.nameOf(part.resource_key)}`),
      el("ul", { class: "refusals" }, ...part.troubles.map((each) => el("li", {}, bilingual(data.lang, each)))),
      !part.is_asked || !data.may_book ? null : part.substitutes.length
        ? el("div", {}, el("p", {}, say("booking.stand_in")), el("div", { class: "nearest" }, ...part.substitutes.map((each) =>
          el("button", { type: "button", class: "plain", "data-substitute": each.resource_key,
            "data-focus": `substitute-${booking.id}-${each.resource_key}`,
            onclick: (event) => this.takeSubstitute(booking.id, part.resource_key, each.resource_key, event.target) },
          `⇄ ${each.resource_key.split("/").slice(1).join("/")} ${inLanguage(data.lang, each, "name")}`))))
        : el("p", {}, say("booking.no_stand_in")))));
  },

  async takeSubstitute(id, failed, substitute, button) {
    const { say, data } = this;
    button.disabled = true;
    // what is refused is said where it was asked for
    const place = this.panel.isOpen ? "trouble" : "rigTrouble";
    this.done = null;
    this[place] = "";
    try {
      await send("POST", `${data.api}/bookings/${id}/substitution`, { failed, substitute });
      this.finished(say("booking.stood_in"));
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      const refusals = (error.problem?.refusals ?? []).map((each) => bilingual(data.lang, each.said));
      this[place] = refusals.join("；") || problemText(say, data.lang, error);
    }
    this.one = null;
    await this.refresh();
  },

  affectedParts() {
    const { say, data } = this;
    if (!this.affected.length && !this.rigTrouble) return null;
    return el("section", { class: "group", "data-group": "affected" },
      el("h3", {}, `${say("booking.affected")} ${this.affected.length}`),
      this.rigTrouble ? el("p", { class: "refused", role: "alert" }, this.rigTrouble) : null,
      ...this.affected.map((one) => el("div", { class: "affected" },
        el("button", { type: "button", class: "plain", "data-booking": one.booking.id, "data-focus": `affected-${one.booking.id}`,
          onclick: () => this.open(one.booking.id) },
        [spanWords(data.lang, one.booking.start_at, one.booking.end_at), one.booking.title,
          one.booking.holder === data.me.username ? "" : one.booking.holder].filter(Boolean).join(" · ")),
        this.troubleBox(one))));
  },

  affectedOpen() {
    return this.affected?.find((one) => one.booking.id === this.id);
  },

  troubleOfOpen() {
    const found = this.affectedOpen();
    return found ? this.troubleBox(found) : null;
  },
};
