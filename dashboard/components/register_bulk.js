// Many pieces at once: pick, say what changes, see it before and after, do it, take it back.

const MOST_SHOWN = 200;

Object.assign(RegisterView.prototype, {
  async loadEdits() {
    if (!this.data.may_write) return [];
    const page = await getJson(`${this.data.api}/bulk-edits?limit=20`);
    return page.items.filter((one) => one.can_undo_until && one.organisation_code === this.organisation && one.pieces);
  },

  tick(number) {
    return el("input", { type: "checkbox", "data-focus": `pick ${number}`, checked: this.picked.has(number),
      "aria-label": this.say("register.pick", { number }), onchange: (event) => {
        if (event.target.checked) this.picked.add(number);
        else this.picked.delete(number);
        this.draw();
      } });
  },

  pickShown() {
    const shown = this.found.items.map((one) => one.asset_number);
    return el("input", { type: "checkbox", "data-focus": "pick-shown", "aria-label": this.say("register.pick_shown"),
      checked: shown.every((one) => this.picked.has(one)), onchange: (event) => {
        for (const one of shown) if (event.target.checked) this.picked.add(one); else this.picked.delete(one);
        this.draw();
      } });
  },

  async pickAll() {
    const numbers = [];
    let next = 0;
    while (next !== null) {
      const page = await getJson(`${this.data.api}/register?${this.query({ limit: 200, offset: next })}`);
      numbers.push(...page.items.map((one) => one.asset_number));
      next = page.next;
    }
    for (const one of numbers) this.picked.add(one);
    this.draw();
  },

  selectionBar() {
    const { say, found, picked, data } = this;
    const count = el("span", { class: "muted" }, found.total === found.known ? say("register.count", { n: found.total })
      : say("register.count_of", { n: found.total, all: found.known }));
    if (!data.may_write) return el("div", { class: "bar" }, count);
    return el("div", { class: "bar selection" }, count,
      picked.size < found.total ? el("button", { type: "button", class: "link", "data-focus": "pick-all",
        onclick: () => this.pickAll().catch((error) => {
          if (!(error instanceof Refused || error instanceof TypeError)) throw error;
          this.broke();
        }) }, say("register.pick_all", { n: found.total })) : null,
      picked.size ? el("strong", {}, say("register.picked", { n: picked.size })) : null,
      picked.size ? el("button", { type: "button", class: "main", "data-focus": "bulk", onclick: () => this.startBulk() },
        say("register.bulk")) : null,
      picked.size ? el("button", { type: "button", class: "link", "data-focus": "unpick", onclick: () => {
        picked.clear();
        this.draw();
      } }, say("register.unpick")) : null);
  },

  startBulk() {
    this.opened = null;
    this.done = "";
    this.job = { change: {}, preview: null, trouble: "" };
    this.job.form = this.bulkForm();
    this.showBulk();
  },

  bulkForm() {
    const { say, data, found } = this;
    const same = ["", say("register.unchanged")];
    const stations = data.stations.filter((one) => one.organisation_code === this.organisation)
      .map((one) => [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`]);
    const rooms = el("datalist", { id: "known-rooms" }, ...found.sorts.rooms.map((one) => el("option", { value: one })));
    const node = el("form", { class: "form", onsubmit: (event) => {
      event.preventDefault();
      this.previewBulk(node);
    } },
    formChoice(say("register.status"), "status", [same, ...Object.keys(STATUS_MARKS).map((one) =>
      [one, `${STATUS_MARKS[one][0]} ${say(`equipment_status.${one}`)}`])]),
    formField(say("register.room"), "location", { maxlength: 200, list: "known-rooms", placeholder: say("register.unchanged") }), rooms,
    formChoice(say("stations.station"), "station", [same, ["*", say("due.every_station")], ...stations]),
    formChoice(say("register.owner"), "owner", [same, ...["own", "borrowed"].map((one) => [one, say(`ownership.${one}`)])]),
    formField(say("register_field.original_value"), "original_value", { inputmode: "decimal", maxlength: 20, placeholder: say("register.value_each") }),
    formField(say("register.serves"), "serves_rows", { placeholder: say("register.unchanged") }),
    el("button", { type: "submit", class: "main", "data-focus": "preview" }, say("register.preview")));
    return node;
  },

  showBulk() {
    const { say, job, picked } = this;
    this.panel.show(say, say("register.bulk"), el("p", { class: "muted" }, say("register.picked", { n: picked.size })),
      job.trouble ? el("p", { class: "refused", role: "alert" }, job.trouble) : null,
      job.preview ? this.bulkPreview() : el("p", {}, say("register.bulk_hint")), job.preview ? null : job.form);
  },

  async ask(path, doing) {
    const { job, say, data } = this;
    try {
      const order = { organisation: this.organisation, asset_numbers: [...this.picked], change: job.change };
      job.trouble = "";
      await doing(await send("POST", `${data.api}/bulk-edits${path}`, order));
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      job.trouble = problemText(say, data.lang, error);
    }
    if (this.job) this.showBulk();
  },

  previewBulk(node) {
    const told = Object.fromEntries([...new FormData(node)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
    const { job, say } = this;
    job.change = { ...told };
    if (told.original_value) job.change.original_value = plainYuan(told.original_value);
    delete job.change.station;
    if (told.station) job.change.station_codes = told.station === "*" ? [] : [told.station];
    if (told.serves_rows) job.change.serves_rows = told.serves_rows.split(/[\s,，、;；]+/).filter(Boolean);
    if (!Object.keys(job.change).length) {
      job.trouble = say("register.says_nothing");
      this.showBulk();
      return;
    }
    this.ask("/preview", (preview) => {
      job.preview = preview;
    });
  },

  bulkPreview() {
    const { say, job } = this;
    const { changes, unchanged, unknown } = job.preview;
    const names = Object.keys(job.change);
    const shown = changes.slice(0, MOST_SHOWN);
    const cell = (one, name) => el("td", {}, name in one.new
      ? [el("span", { class: "muted" }, this.worded(name, one.old[name])), " → ", el("strong", {}, this.worded(name, one.new[name]))]
      : el("span", { class: "none" }, "="));
    return el("div", { class: "form" },
      el("p", {}, el("strong", {}, say("register.will_change", { n: changes.length })), " ",
        unchanged.length ? el("span", { class: "muted" }, say("register.are_so", { n: unchanged.length })) : null),
      unknown.length ? el("p", { class: "refused" }, say("register.gone", { list: unknown.slice(0, 20).join(", ") })) : null,
      changes.length ? el("div", { class: "scroll short" }, el("table", {},
        el("thead", {}, el("tr", {}, el("th", {}, say("register.number")),
          ...names.map((name) => el("th", { scope: "col" }, say(`register_field.${name}`))))),
        el("tbody", {}, ...shown.map((one) => el("tr", {}, el("th", { scope: "row" }, one.asset_number),
          ...names.map((name) => cell(one, name))))))) : null,
      changes.length > shown.length ? el("p", { class: "muted small" }, say("gaps.more", { n: changes.length - shown.length })) : null,
      el("div", { class: "bar" },
        el("button", { type: "button", class: "plain", "data-focus": "back", onclick: () => {
          Object.assign(job, { preview: null, trouble: "" });
          this.showBulk();
        } }, say("register.back")),
        el("button", { type: "button", class: "main", "data-focus": "apply", disabled: !changes.length || unknown.length > 0,
          onclick: (event) => {
            event.target.disabled = true;
            this.applyBulk();
          } }, say("register.apply", { n: changes.length }))));
  },

  worded(name, value) {
    const { say } = this;
    if (name === "status") return say(`equipment_status.${value}`);
    if (name === "owner") return say(`ownership.${value}`);
    if (name === "original_value" && value) return yuan(value);
    if (name === "station_codes" && !value.length) return say("due.every_station");
    return (Array.isArray(value) ? value.join(" ") : value) || "—";
  },

  applyBulk() {
    return this.ask("", (edit) => {
      this.job = null;
      this.picked.clear();
      this.done = this.say("register.changed", { n: edit.pieces });
      this.panel.close();
      this.tell(this.done);
      this.drawBar();
      return this.refresh();
    });
  },

  undoBar() {
    const { say, data, edits } = this;
    if (!edits?.length) return null;
    const what = (one) => joined(data.lang, Object.entries(one.change).map(([name, value]) =>
      `${say(`register_field.${name}`)} → ${this.worded(name, value)}`));
    const line = (one) => el("div", { class: "undo", "data-edit": one.id },
      el("span", {}, el("strong", {}, say("register.edit_of", { n: one.pieces })), ` ${what(one)}`),
      el("span", { class: "small muted" }, `${one.who} · ${clock(data.lang, one.at)} · ${
        say("register.undo_until", { at: clock(data.lang, one.can_undo_until) })}`),
      el("button", { type: "button", class: "plain", "data-focus": `undo ${one.id}`, onclick: (event) => {
        event.target.disabled = true;
        this.undo(one);
      } }, `↩ ${say("register.undo")}`));
    const [latest, ...older] = edits;
    return el("div", { class: "undos", role: "group", "aria-label": say("register.undo") }, line(latest),
      this.undoTrouble ? el("p", { class: "refused", role: "alert" }, this.undoTrouble) : null,
      older.length ? el("details", { open: this.hasOlder, ontoggle: (event) => {
        this.hasOlder = event.target.open;
      } }, el("summary", { "data-focus": "older" }, say("register.older", { n: older.length })), ...older.map(line)) : null);
  },

  async undo(edit) {
    const { say, data } = this;
    this.done = this.undoTrouble = "";
    try {
      await send("POST", `${data.api}/bulk-edits/${edit.id}/undo`, {});
      this.done = say("register.undone", { n: edit.pieces });
      this.tell(this.done);
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      this.undoTrouble = error.status === 409 ? say("register.changed_since", { detail: error.problem.detail ?? "" })
        : problemText(say, data.lang, error);
    }
    await this.refresh();
  },
});
