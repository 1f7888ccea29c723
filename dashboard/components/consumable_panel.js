// One consumable at the right: its movements, a form to enter one, and what is said of it.

const MOST_MOVEMENTS = 50;

Object.assign(ConsumablesView.prototype, {
  open(id) {
    this.thingId = id;
    this.movements = null;
    this.done = "";
    this.formNode = null;
    this.look();
  },

  openNew() {
    this.thingId = null;
    this.panel.show(this.say, this.say("consumables.add"), null, this.thingForm(null));
  },

  async look() {
    const id = this.thingId;
    this.showPanel();
    try {
      const movements = await getJson(`${this.data.api}/consumables/${id}/movements?limit=${MOST_MOVEMENTS}`);
      if (this.thingId !== id) return;
      this.movements = movements;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
    }
    if (this.thingId === id) this.showPanel();
  },

  showPanel() {
    const { say, data, thing } = this;
    if (!thing) {
      this.panel.close();
      return;
    }
    if (data.may_move) this.formNode ??= this.movementForm(thing);
    const [kind, glyph] = STOCK_LOOKS[thing.state];
    this.panel.show(say, inLanguage(data.lang, thing, "name"),
      el("p", { class: "muted small" }, [thing.code, thing.location,
        thing.station_codes.join(" ") || say("keeping.every_station")].filter(Boolean).join(" · ")),
      this.done ? el("p", { class: "done", role: "status" }, this.done) : null,
      el("p", { class: "marks" }, pill(kind, glyph, say(`stock_state.${thing.state}`)),
        el("strong", {}, say("consumables.stock", { n: thing.stock, unit: thing.unit })),
        el("span", { class: "muted" }, say("consumables.least", { n: thing.minimum, unit: thing.unit })),
        thing.expires_on ? el("span", { class: "muted" }, say("consumables.expires", { day: thing.expires_on })) : null),
      data.may_write ? el("div", { class: "marks" }, el("button", { type: "button", class: "plain",
        "data-focus": "change", onclick: () => {
          this.formNode = this.thingForm(thing);
          this.showPanel();
        } }, say("keeping.change"))) : null,
      this.formNode, this.history(thing));
  },

  history(thing) {
    const { say, movements } = this;
    if (!movements) return skeleton(3);
    const change = (one) => `${one.change > 0 ? "+" : "−"}${Math.abs(one.change)} ${thing.unit}`.trim();
    return el("section", {}, el("h3", {}, say("consumables.movements")), movements.items.length
      ? el("ul", { class: "papers" }, ...movements.items.map((one) => el("li", {},
        el("span", { class: "marks" }, el("strong", {}, change(one)),
          el("span", { class: "chip" }, say(`movement.${one.kind}`)), el("span", {}, one.happened_on),
          one.expires_on ? el("span", { class: "small muted" }, say("consumables.until", { day: one.expires_on })) : null),
        one.note ? el("span", { class: "said" }, one.note) : null,
        el("span", { class: "small muted" }, one.who), this.paper(one.document_id))))
      : el("p", { class: "muted" }, say("consumables.no_movements")),
    movements.total > movements.items.length ? el("p", { class: "small muted" },
      say("keeping.more", { n: movements.total - movements.items.length })) : null);
  },

  movementForm(thing) {
    const { say, data } = this;
    const picker = this.picker();
    const expires = stackedInput(say("consumables.expires_on"), "expires_on", { type: "date" });
    const kinds = stackedChoice(say("consumables.kind"), "kind",
      data.movements.map((one) => [one, say(`movement.${one}`)]), "used");
    // only what comes in brings a day on which it goes off
    const adapt = () => { expires.hidden = kinds.querySelector("select").value !== "received"; };
    kinds.querySelector("select").addEventListener("change", adapt);
    adapt();
    const fields = [
      el("div", { class: "rowed" }, kinds,
        stackedInput(say("consumables.amount"), "amount", { type: "number", min: 0, step: "any", required: true }),
        stackedInput(say("consumables.happened_on"), "happened_on", { type: "date" }), expires),
      stackedInput(say("consumables.note"), "note", { maxlength: 400 }), picker.node,
    ];
    return this.form(say("consumables.move"), fields, async (node) => {
      const order = without(formValues(node, { numbers: STOCK_NUMBERS }));
      if (order.kind !== "received") delete order.expires_on;
      if (["used", "expired"].includes(order.kind) && order.amount > this.thing.stock) {
        throw say("consumables.too_much", { n: this.thing.stock, unit: thing.unit });
      }
      const paper = await this.handIn(picker, thing.organisation_code);
      if (paper) order.document_id = paper;
      await this.saved(await send("POST", `${data.api}/consumables/${thing.id}/movements`, order));
    });
  },

  thingForm(thing) {
    const { say, data } = this;
    const fields = [
      thing ? null : stackedInput(say("keeping.code"), "code", { required: true, maxlength: 64 }),
      stackedInput(say("keeping.name_zh"), "name_zh", { required: true, maxlength: 120, value: thing?.name_zh }),
      stackedInput(say("keeping.name_en"), "name_en", { maxlength: 120, value: thing?.name_en }),
      // movements are in the unit, so that it stays
      thing ? null : stackedInput(say("consumables.unit"), "unit", { maxlength: 20 }),
      stackedInput(say("consumables.minimum"), "minimum",
        { type: "number", min: 0, step: "any", required: true, value: thing?.minimum ?? 0 }),
      stackedInput(say("consumables.location"), "location", { maxlength: 200, value: thing?.location }),
      this.stationTicks(thing?.station_codes),
    ];
    return this.form(say(thing ? "keeping.change" : "consumables.add"), fields, async (node) => {
      const order = formValues(node, { numbers: STOCK_NUMBERS });
      const kept = thing ? await send("PATCH", `${data.api}/consumables/${thing.id}`, order)
        : await send("POST", `${data.api}/consumables`, { ...order, organisation: data.station.organisation_code });
      await this.saved(kept);
    });
  },

  async saved(thing) {
    this.thingId = thing.id;
    this.formNode = null;
    this.done = this.say("keeping.saved");
    this.tell(this.done);
    await this.refresh();
  },
});
