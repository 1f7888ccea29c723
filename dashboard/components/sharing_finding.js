// Search among what others share, one offer with what is free of it, and the request for a slot.

const SEARCH_WITHIN = ["7", "14", "30", "60"];
const FREE_SHOWN = 12;
const TRUTHS = ["alive", "calibrated", "in_order"];

const OfferFindingParts = {
  findParts() {
    const { say, found } = this;
    if (!found) return [this.searchForm(), el("p", { class: "refused", role: "alert" }, say("sharing.bad_search"))];
    if (!found.items.length) {
      return [this.searchForm(), el("div", { class: "empty" }, el("p", {}, say("sharing.none")), el("p", {}, say("sharing.none_hint")))];
    }
    return [this.searchForm(), el("p", { class: "muted count" }, say("sharing.found", { n: found.total })),
      el("div", { class: "cards" }, ...found.items.map((one) => this.offerCard(one)))];
  },

  searchForm() {
    const { say, data, filters } = this;
    const label = (name, field) => el("label", { class: "stacked" }, say(`sharing.${name}`), field);
    const field = (name, words, attributes = {}) => label(words, el("input", { type: "text", name, value: filters[name],
      "data-focus": name, "data-keep": "yes", ...attributes }));
    const pick = (name, words, options) => label(words, el("select", { name, "data-focus": name },
      ...options.map(([key, text]) => el("option", { value: key, selected: key === filters[name] }, text))));
    const any = ["", say("sharing.any")];
    this.profiles = [...new Set([...(this.profiles ?? []), filters.profile, ...(this.found?.items ?? []).flatMap((one) => one.profiles)])].filter(Boolean).sort();
    const told = el("span", { class: "small refused", role: "status" });
    return el("form", { class: "rowed box", "data-part": "search", onsubmit: (event) => {
      event.preventDefault();
      const form = new FormData(event.target);
      for (const name of Object.keys(SHARING_FILTERS)) if (name !== "tab") filters[name] = String(form.get(name) ?? "").trim();
      this.refresh();
    } },
    field("q", "q", { maxlength: 100 }),
    pick("profile", "profile", [any, ...this.profiles.map((one) => [one, one])]),
    pick("module", "module", [any, ...data.modules.map((one) => [one, `${one} ${say(`module_short.${one}`)}`])]),
    field("hours", "need_hours", { type: "number", min: 0.25, max: 24, step: 0.25, class: "few" }),
    pick("days", "within_days", SEARCH_WITHIN.map((n) => [n, say("sharing.days", { n })])),
    field("near", "near", { maxlength: 40, placeholder: "39.96,116.30" }),
    field("within_km", "within_km", { type: "number", min: 1, max: 20000, class: "few" }),
    el("button", { type: "button", class: "plain", onclick: (event) => this.whereIAm(event.target.form, told) }, say("sharing.here")),
    ...["alive", "calibrated"].map((name) => ticked(say(`sharing.${name}`), name, filters[name] === "true", { value: "true" })),
    el("button", { type: "submit", class: "main", "data-focus": "find" }, say("sharing.find")), told);
  },

  whereIAm(form, told) {
    const refuse = () => { told.textContent = this.say("sharing.no_position"); };
    if (!navigator.geolocation) {
      refuse();
      return;
    }
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements.near.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
    }, refuse);
  },

  offerCard(one) {
    const { say, data } = this;
    const [next] = one.free;
    return el("button", { type: "button", class: "card", "data-offer": one.id, "data-focus": `offer-${one.id}`, onclick: () => this.openOffer(one.id) },
      el("strong", {}, inLanguage(data.lang, one, "title")),
      el("span", {}, inLanguage(data.lang, one, "organisation_name"), one.distance_km === null ? "" : ` · ${say("sharing.km", { n: Math.round(one.distance_km) })}`),
      this.truthOf(one),
      el("span", { class: next ? "free" : "muted" }, next ? say("sharing.next_free", { slot: spanWords(data.lang, next.start_at, next.end_at) }) : say("sharing.no_free")),
      one.price_note ? el("span", { class: "small muted" }, one.price_note) : null);
  },

  truthOf(one) {
    const known = TRUTHS.filter((name) => one[`is_${name}`] !== null);
    return el("span", { class: "topline" }, ...known.map((name) => pill(one[`is_${name}`] ? "ready" : "advice",
      one[`is_${name}`] ? "✓" : "!", this.say(`sharing.${one[`is_${name}`] ? "yes" : "no"}_${name}`))));
  },

  async openOffer(id) {
    this.shown = { offer: id };
    keepInAddress(this.address());
    this.panel.show(this.say, "…", null, skeleton(8));
    try {
      const offer = await getJson(`${this.data.api}/sharing/offers/${id}`);
      if (this.shown?.offer === id) this.showOffer(offer);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      if (this.shown?.offer === id) this.panel.show(this.say, "", null, el("p", { class: "refused", role: "alert" },
        this.say(error.status === 404 ? "trouble.not_found" : "trouble.details")));
    }
  },

  showOffer(offer) {
    const { say, data, panel } = this;
    const fact = (name, value) => (value ? [el("dt", {}, say(`sharing.${name}`)), el("dd", {}, value)] : []);
    panel.show(say, inLanguage(data.lang, offer, "title"), el("p", { class: "muted" }, inLanguage(data.lang, offer, "organisation_name")),
      this.truthOf(offer),
      el("dl", { class: "facts" },
        ...fact("things", offer.things.map((one) => inLanguage(data.lang, one, "name")).join(data.lang === "en" ? ", " : "、")),
        ...fact("address", [inLanguage(data.lang, offer, "station_name"), offer.place.address].filter(Boolean).join(" · ")),
        ...fact("opens", this.hoursWords(offer.hours)),
        ...fact("length", say("sharing.minutes", { least: offer.least_minutes, most: offer.most_minutes })),
        ...fact("notice", say("sharing.notice_of", { n: offer.notice_hours })),
        ...fact("conditions", inLanguage(data.lang, offer, "conditions")), ...fact("price", offer.price_note),
        ...fact("contact", offer.contact && contactWords(offer.contact))),
      this.freeOf(offer), this.askBox(offer));
  },

  hoursWords(hours) {
    const [comma, semicolon] = this.data.lang === "en" ? [", ", "; "] : ["、", "；"];
    const groups = new Map();
    for (const one of hours) {
      const times = `${one.opens}–${one.closes}`;
      groups.set(times, [...(groups.get(times) ?? []), one.weekday]);
    }
    return [...groups].map(([times, days]) => `${days.sort().map((day) => this.say(`weekday_short.${day}`)).join(comma)} ${times}`).join(semicolon);
  },

  freeOf(offer) {
    const { say, data } = this;
    const left = offer.free.length - FREE_SHOWN;
    return el("section", { "data-part": "free" }, el("h3", {}, say("sharing.free")),
      offer.free.length ? el("div", { class: "frees" }, ...offer.free.slice(0, FREE_SHOWN).map((one, n) => el("button", {
        type: "button", class: "plain", "data-focus": `free-${n}`, onclick: () => this.fillSlot(offer, one) }, spanWords(data.lang, one.start_at, one.end_at))))
        : el("p", { class: "muted" }, say("sharing.no_free")),
      left > 0 ? el("p", { class: "small muted" }, say("sharing.more_free", { n: left })) : null);
  },

  // a slot of what is free: from its beginning, as long as one may be
  fillSlot(offer, free) {
    const form = this.panel.inside.querySelector("[data-part=ask]");
    if (!form) return;
    const end = Math.min(Date.parse(free.end_at), Date.parse(free.start_at) + offer.most_minutes * MINUTE_MS);
    form.elements.day.value = schoolDay(free.start_at);
    form.elements.from.value = schoolClock(free.start_at);
    form.elements.to.value = schoolClock(end);
    form.elements.purpose.focus();
  },

  askBox(offer) {
    const { say, data } = this;
    if (offer.organisation_code === data.me.organisation) return el("p", { class: "muted" }, say("sharing.is_own"));
    if (!data.may_ask) return el("p", { class: "muted" }, say("sharing.cannot_ask"));
    const text = (name, attributes = {}) => stacked(say(`sharing.${name}`), name, attributes.value, attributes);
    const form = sharingForm(this, "ask", [el("h3", {}, say("sharing.ask")),
      el("div", { class: "rowed" }, text("day", { type: "date", required: true }), text("from", { type: "time", required: true }), text("to", { type: "time", required: true })),
      text("purpose", { required: true, maxlength: 500 }),
      el("div", { class: "rowed" }, text("visitor_name", { required: true, maxlength: 80, value: data.me.name }),
        text("visitor_phone", { type: "tel", maxlength: 40 }), text("headcount", { type: "number", min: 1, max: 500, value: "1", class: "few" })),
      ticked(say("sharing.has_minors"), "has_minors", false)],
    async (asked) => {
      const [day, from, to] = ["day", "from", "to"].map((name) => asked.get(name));
      const made = await send("POST", `${data.api}/sharing/requests`, { offer_id: offer.id,
        start_at: schoolMoment(day, from), end_at: schoolMoment(to > from ? day : dayAfter(day, 1), to),
        purpose: asked.get("purpose"), headcount: Number(asked.get("headcount")), has_minors: asked.has("has_minors"),
        visitor_name: asked.get("visitor_name"), visitor_phone: asked.get("visitor_phone") });
      this.shown = { request: made.id };
      this.filters.tab = "requests";
      this.done = say("sharing.sent");
      this.showRequest(made);
      this.refresh();
    }, say("sharing.send"), "send");
    return el("section", { class: "box" }, form);
  },
};

function contactWords(contact) {
  return [contact.contact_name, contact.contact_phone, contact.contact_email].filter(Boolean).join(" · ");
}
