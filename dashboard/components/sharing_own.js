// What my school shares: publish, withdraw, and the form of one offer.

const NEW_OFFER = { title_zh: "", title_en: "", resources: [], hours: [], modules: [], least_minutes: 60, most_minutes: 480,
  notice_hours: 24, set_up_minutes: 0, clear_up_minutes: 0 };
const WORKDAYS = [0, 1, 2, 3, 4];

const OwnOfferParts = {
  ownParts() {
    const { say, data, own } = this;
    const done = this.saved ? el("div", { class: "done", role: "status" }, el("p", {}, this.saved), ...this.hindranceParts(this.warned)) : null;
    if (!own.length) return [done, el("div", { class: "empty" }, el("p", {}, say("sharing.own_none")), el("p", {}, say("sharing.own_none_hint")))];
    const looks = { draft: ["unknown", "○"], published: ["ready", "✓"], withdrawn: ["off", "–"] };
    return [done, el("div", { class: "cards" }, ...own.map((one) => el("section", { class: "card", "data-own": one.id },
      el("span", { class: "topline" }, pill(...looks[one.state], say(`offer_state.${one.state}`)), el("span", { class: "chip" }, one.station_code)),
      el("strong", {}, inLanguage(data.lang, one, "title")),
      el("span", { class: "small" }, one.resources.map((key) => key.split("/").slice(1).join("/")).join("、")),
      el("span", { class: "small muted" }, this.hoursWords(one.hours)),
      ...this.hindranceParts(one),
      el("span", { class: "small muted" }, say("sharing.changed", { who: one.changed_by, at: momentWords(data.lang, one.changed_at) })),
      this.ownButtons(one))))];
  },

  // Hours that can never be had, since the school is closed then: said before somebody waits in vain.
  hindranceParts(offer) {
    const lines = offer?.hindrances ?? [];
    return lines.map((one) => el("span", { class: "small doubt", "data-hindrance": one.kind }, `⚠ ${one[this.data.lang] ?? one.zh}`));
  },

  ownButtons(one) {
    const { say } = this;
    const told = el("span", { class: "refused", role: "alert" }, this.refused?.id === one.id ? this.refused.words : "");
    const step = (name) => async () => {
      this.saved = "";
      this.refused = null;
      try {
        const shown = await send("POST", `${this.data.api}/sharing/own-offers/${one.id}/${name}`, {});
        this.warned = name === "publication" ? shown : null;
        this.saved = say(`sharing.did_${name}`, { title: inLanguage(this.data.lang, one, "title") });
        this.tell(this.saved);
        this.refresh();
      } catch (error) {
        if (!(error instanceof Problem || error instanceof TypeError)) throw error;
        this.refused = { id: one.id, words: problemText(say, this.data.lang, error) };
        this.draw();
      }
    };
    const withdraw = el("button", { type: "button", class: "plain", "data-focus": `withdraw-${one.id}`, onclick: () => {
      if (withdraw.dataset.sure) return step("withdrawal")();
      withdraw.dataset.sure = "yes";
      withdraw.textContent = say("sharing.withdraw_sure");
      return null;
    } }, say("sharing.withdraw"));
    return el("span", { class: "frees" },
      one.state === "published" ? withdraw
        : el("button", { type: "button", class: "main", "data-focus": `publish-${one.id}`, onclick: step("publication") }, say("sharing.publish")),
      el("button", { type: "button", class: "plain", "data-focus": `edit-${one.id}`, onclick: () => this.editOffer(one) }, say("sharing.edit")), told);
  },

  async editOffer(one) {
    const { say, data } = this;
    this.shown = null;
    this.saved = "";
    this.panel.show(say, one ? inLanguage(data.lang, one, "title") : say("sharing.new"), null, skeleton(10));
    this.things ??= await this.ownThings();
    const offer = structuredClone(one ?? { ...NEW_OFFER, station_code: data.stations[0]?.code });
    const blocks = new Map();
    for (const each of offer.hours) {
      const times = `${each.opens} ${each.closes}`;
      blocks.set(times, [...(blocks.get(times) ?? []), each.weekday]);
    }
    this.blocks = [...blocks].map(([times, days]) => ({ days, opens: times.split(" ")[0], closes: times.split(" ")[1] }));
    if (!this.blocks.length) this.blocks.push({ days: [...WORKDAYS], opens: "08:00", closes: "17:00" });
    this.panel.show(say, one ? inLanguage(data.lang, one, "title") : say("sharing.new"), null, this.offerForm(offer, one));
  },

  async ownThings() {
    const { api, me, lang } = this.data;
    const [benches, rooms] = await Promise.all(["benches", "rooms"].map((name) => allPages(`${api}/${name}`).catch(() => [])));
    const own = (one) => one.organisation_code === me.organisation;
    const thing = (kind, one) => [`${kind}:${me.organisation}/${one.code}`, `${one.code} ${inLanguage(lang, one, "name")}`];
    return [...benches.filter(own).map((one) => thing("bench", one)), ...rooms.filter(own).map((one) => thing("room", one))];
  },

  offerForm(offer, known) {
    const { say, data } = this;
    const text = (name, attributes = {}) => stacked(say(`sharing.${name}`), name, offer[name], { maxlength: 120, ...attributes });
    const figure = (name, min, max) => text(name, { type: "number", min, max, required: true, class: "few" });
    const box = (name, items, chosen) => el("fieldset", {}, el("legend", {}, say(`sharing.${name}`)),
      el("div", { class: "ticks" }, ...items.map(([key, words]) => ticked(words, name, chosen.includes(key), { value: key, "data-focus": `${name}-${key}` }))));
    // what is shared already stays choosable whatever kind it is of
    const kept = offer.resources.filter((key) => !this.things.some(([one]) => one === key)).map((key) => [key, key.split("/").slice(1).join("/")]);
    const hours = el("div", { class: "blocks" });
    this.drawBlocks(hours);
    return sharingForm(this, "offer", [
      text("title_zh", { required: true }), text("title_en"),
      el("label", { class: "stacked" }, say("sharing.station"), el("select", { name: "station_code", "data-focus": "station_code" },
        ...data.stations.map((one) => el("option", { value: one.code, selected: one.code === offer.station_code }, `${one.code} ${inLanguage(data.lang, one, "name")}`)))),
      box("resources", [...kept, ...this.things], offer.resources),
      el("fieldset", {}, el("legend", {}, say("sharing.hours")), hours),
      el("div", { class: "rowed" }, text("first_day", { type: "date" }), text("last_day", { type: "date" })),
      el("div", { class: "rowed" }, figure("least_minutes", 15, 1440), figure("most_minutes", 15, 1440), figure("notice_hours", 0, 1440)),
      text("price_note", { maxlength: 200 }), text("conditions_zh", { rows: 3, maxlength: 2000 }), text("conditions_en", { rows: 2, maxlength: 2000 }),
      box("modules", data.modules.map((one) => [one, `${one} ${say(`module_short.${one}`)}`]), offer.modules),
      el("div", { class: "rowed" }, text("contact_name", { maxlength: 80 }), text("contact_phone", { type: "tel", maxlength: 40 }), text("contact_email", { type: "email" })),
      ticked(say("sharing.is_contact_public"), "is_contact_public", offer.is_contact_public),
      el("div", { class: "rowed" }, text("supervisor", { maxlength: 64 }), figure("set_up_minutes", 0, 240), figure("clear_up_minutes", 0, 240)),
    ], (form) => this.saveOffer(form, known), say("sharing.save"), "save");
  },

  drawBlocks(place) {
    const { say } = this;
    const time = (block, name) => el("input", { type: "time", value: block[name] === "24:00" ? "23:59" : block[name], required: true, "aria-label": say(name === "opens" ? "sharing.from" : "sharing.to"),
      onchange: (event) => { block[name] = event.target.value; } });
    const weekday = (block, day) => el("label", { class: "tick" }, el("input", { type: "checkbox", checked: block.days.includes(day), onchange: (event) => {
      block.days = event.target.checked ? [...block.days, day] : block.days.filter((one) => one !== day);
    } }), say(`weekday_short.${day}`));
    fill(place, ...this.blocks.map((block, n) => el("div", { class: "block" },
      el("div", { class: "ticks", role: "group", "aria-label": say("sharing.weekdays") }, ...[0, 1, 2, 3, 4, 5, 6].map((day) => weekday(block, day))),
      el("div", { class: "rowed" }, time(block, "opens"), time(block, "closes"), this.blocks.length > 1 ? el("button", { type: "button", class: "plain",
        onclick: () => { this.blocks.splice(n, 1); this.drawBlocks(place); } }, say("sharing.remove")) : null))),
    el("button", { type: "button", class: "plain", onclick: () => {
      this.blocks.push({ days: [5, 6], opens: "08:00", closes: "17:00" });
      this.drawBlocks(place);
    } }, `＋ ${say("sharing.add_hours")}`));
  },

  async saveOffer(form, known) {
    const { say, data } = this;
    const words = ["station_code", "title_zh", "title_en", "price_note", "conditions_zh", "conditions_en", "contact_name", "contact_phone", "contact_email"];
    const figures = ["least_minutes", "most_minutes", "notice_hours", "set_up_minutes", "clear_up_minutes"];
    const order = {
      ...Object.fromEntries(words.map((name) => [name, String(form.get(name)).trim()])),
      ...Object.fromEntries(figures.map((name) => [name, Number(form.get(name))])),
      ...Object.fromEntries(["first_day", "last_day", "supervisor"].map((name) => [name, form.get(name) || null])),
      is_contact_public: form.has("is_contact_public"), resources: form.getAll("resources"), modules: form.getAll("modules"),
      hours: this.blocks.flatMap(({ days, opens, closes }) => [...days].sort().map((weekday) => ({ weekday, opens, closes: closes === "23:59" ? "24:00" : closes }))),
    };
    const path = `${data.api}/sharing/own-offers`;
    const saved = await (known ? send("PUT", `${path}/${known.id}`, order) : send("POST", path, order));
    this.panel.close();
    this.warned = saved;
    this.saved = say(saved.state === "draft" ? "sharing.saved_draft" : "sharing.saved");
    this.tell(this.saved);
    this.refresh();
  },
};
