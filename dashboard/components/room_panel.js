// One room at the right: its workstations, the equipment in it, and the forms that change both.

const ROOM_NUMBERS = ["area_m2", "x_m", "y_m"];

Object.assign(PlacesView.prototype, {
  open(id) {
    this.roomId = id;
    this.equipment = null;
    this.done = "";
    this.formNode = null;
    this.look();
  },

  openNew() {
    this.roomId = null;
    this.panel.show(this.say, this.say("places.add"), null, this.roomForm(null));
  },

  async look() {
    const id = this.roomId;
    this.showPanel();
    try {
      const equipment = await getJson(`${this.data.api}/rooms/${id}/equipment`);
      if (this.roomId !== id) return;
      this.equipment = equipment;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
    }
    if (this.roomId === id) this.showPanel();
  },

  showForm(node) {
    this.done = "";
    this.formNode = node;
    this.showPanel();
    node.querySelector("input, select")?.focus();
  },

  showPanel() {
    const { say, data, room } = this;
    if (!room) {
      this.panel.close();
      return;
    }
    const button = (key, make) => el("button", { type: "button", class: "plain", "data-focus": key,
      onclick: () => this.showForm(make()) }, say(key));
    this.panel.show(say, inLanguage(data.lang, room, "name"),
      el("p", { class: "muted small" }, [room.code, say(`room_kind.${room.kind}`),
        room.area_m2 === null ? null : say("places.area", { n: room.area_m2 }),
        room.station_codes.join(" ") || say("keeping.every_station")].filter(Boolean).join(" · ")),
      this.done ? el("p", { class: "done", role: "status" }, this.done) : null,
      this.refusedNote ? el("p", { class: "refused", role: "alert" }, this.refusedNote) : null,
      data.may_write ? el("div", { class: "marks" }, button("keeping.change", () => this.roomForm(room)),
        button("places.add_workstation", () => this.workstationForm(room, null)),
        this.remover(`rooms/${room.id}`)) : null,
      this.formNode, this.workstations(room), this.standing());
  },

  workstations(room) {
    const { say, data } = this;
    const line = (one) => el("li", { "data-workstation": one.code },
      el("span", { class: "marks" }, el("strong", {}, one.code),
        el("span", { class: "chip" }, say(`workstation_kind.${one.kind}`)),
        el("span", { class: "small muted" }, [one.position,
          one.x_m === null || one.y_m === null ? null : `x ${one.x_m} m, y ${one.y_m} m`,
          one.exam_tasks.length ? say("places.tasks", { list: one.exam_tasks.join("、") }) : null,
          one.asset_number].filter(Boolean).join(" · "))),
      data.may_write ? el("span", { class: "marks" }, el("button", { type: "button", class: "plain",
        "data-focus": `place-${one.id}`, "aria-label": `${say("keeping.change")} ${one.code}`,
        onclick: () => this.showForm(this.workstationForm(room, one)) }, say("keeping.change")),
      this.remover(`workstations/${one.id}`)) : null);
    return el("section", {}, el("h3", {}, say("places.workstations")), room.workstations.length
      ? el("ul", { class: "papers" }, ...room.workstations.map(line))
      : el("p", { class: "muted" }, say("places.no_workstations")));
  },

  standing() {
    const { say, equipment } = this;
    if (!equipment) return skeleton(2);
    return el("section", {}, el("h3", {}, say("places.equipment")), equipment.length
      ? el("ul", { class: "papers" }, ...equipment.map((one) => el("li", {},
        el("span", {}, el("code", {}, one.asset_number), ` ${one.item_zh}`),
        el("span", { class: "small muted" }, one.location))))
      : el("p", { class: "muted" }, say("places.no_equipment")));
  },

  remover(path) {
    return this.twice(path, this.say("keeping.remove"), this.say("keeping.remove_sure"), async () => {
      this.refusedNote = "";
      this.done = "";
      try {
        await send("DELETE", `${this.data.api}/${path}`);
        this.formNode = null;
        await this.refresh();
      } catch (error) {
        if (!(error instanceof Problem || error instanceof TypeError)) throw error;
        this.refusedNote = problemText(this.say, this.data.lang, error);
        this.showPanel();
      }
    });
  },

  roomForm(room) {
    const { say, data } = this;
    const fields = [
      room ? null : stackedInput(say("keeping.code"), "code", { required: true, maxlength: 32 }),
      stackedInput(say("keeping.name_zh"), "name_zh", { required: true, maxlength: 120, value: room?.name_zh }),
      stackedInput(say("keeping.name_en"), "name_en", { maxlength: 120, value: room?.name_en }),
      stackedChoice(say("places.kind"), "kind", data.room_kinds.map((one) => [one, say(`room_kind.${one}`)]),
        room?.kind ?? "training_room"),
      stackedInput(say("places.area_m2"), "area_m2", { type: "number", min: 0, step: "any", value: room?.area_m2 }),
      this.stationTicks(room?.station_codes),
    ];
    return this.form(say(room ? "keeping.change" : "places.add"), fields, async (node) => {
      const order = formValues(node, { nullable: ROOM_NUMBERS, numbers: ROOM_NUMBERS });
      const kept = room ? await send("PATCH", `${data.api}/rooms/${room.id}`, order)
        : await send("POST", `${data.api}/rooms`, { ...order, organisation: data.station.organisation_code });
      await this.saved(kept);
    });
  },

  workstationForm(room, one) {
    const { say, data } = this;
    const number = (name) => stackedInput(say(`places.${name}`), name,
      { type: "number", min: 0, step: "any", value: one?.[name] });
    const fields = [
      one ? null : stackedInput(say("keeping.code"), "code", { required: true, maxlength: 32 }),
      stackedChoice(say("places.workstation_kind"), "kind",
        data.workstation_kinds.map((name) => [name, say(`workstation_kind.${name}`)]), one?.kind ?? "bench"),
      stackedInput(say("places.exam_tasks"), "exam_tasks", { value: one?.exam_tasks.join(" ") }),
      stackedInput(say("places.asset_number"), "asset_number", { maxlength: 64, value: one?.asset_number }),
      stackedInput(say("places.position"), "position", { maxlength: 40, value: one?.position }),
      el("div", { class: "rowed" }, number("x_m"), number("y_m")),
    ];
    return this.form(say(one ? "places.change_workstation" : "places.add_workstation"), fields, async (node) => {
      const order = formValues(node, { nullable: ROOM_NUMBERS, numbers: ROOM_NUMBERS });
      const tasks = order.exam_tasks.split(/[\s,;，；、]+/).filter(Boolean).map(Number);
      if (!tasks.every((task) => Number.isInteger(task) && task >= 1 && task <= 99)) {
        throw say("places.exam_tasks_bad");
      }
      order.exam_tasks = tasks;
      const path = one ? `workstations/${one.id}` : `rooms/${room.id}/workstations`;
      await this.saved(await send(one ? "PATCH" : "POST", `${data.api}/${path}`, order));
    });
  },

  async saved(room) {
    this.roomId = room.id;
    this.formNode = null;
    this.refusedNote = "";
    this.done = this.say("keeping.saved");
    this.tell(this.done);
    await this.refresh();
  },
});
