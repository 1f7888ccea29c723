// A school's calendar: every part is a table whose rows are written, saved as a whole, or given back to
// the default.

const WEEK = [0, 1, 2, 3, 4, 5, 6];
const CLOCK = { type: "text", inputmode: "numeric", pattern: "([01]\\d|2[0-9]|3[0-5]):[0-5]\\d", placeholder: "08:00", required: true, class: "few" };

const CalendarParts = {
  // columns of each part: [name, attributes of its field, or its options]
  calendarColumns() {
    const { say, data } = this;
    const weekdays = WEEK.map((day) => [String(day), say(`weekday_short.${day}`)]);
    const day = { type: "date", required: true };
    return {
      terms: [["name", { required: true, maxlength: 80 }], ["first_day", day], ["last_day", day]],
      periods: [["number", { type: "number", min: 1, max: 30, required: true, class: "few" }], ["starts", CLOCK], ["ends", CLOCK], ["name", { maxlength: 80 }]],
      hours: [["weekday", weekdays], ["opens", CLOCK], ["closes", CLOCK],
        ["station", [["", say("school_set.whole_school")], ...data.stations.map((one) => [one.code, one.code])]],
        ["resource", [["", "—"], ...this.things]]],
      days: [["day", day], ["kind", data.day_kinds.map((one) => [one, say(`day_kind.${one}`)])], ["as_weekday", [["", "—"], ...weekdays]],
        ["replaces", { type: "date" }], ["name", { maxlength: 80 }]],
    };
  },

  calendarParts() {
    const { say, data } = this;
    return [data.may_calendar ? null : el("p", { class: "muted hint" }, say("school_set.read_only")),
      ...Object.entries(this.calendarColumns()).map(([part, columns]) => this.calendarPart(part, columns)),
      this.publicDays(), this.calendarFile()].filter(Boolean);
  },

  calendarPart(part, columns) {
    const { say, data, calendar } = this;
    const rows = (this.drafts[part] ??= structuredClone(calendar[part]));
    const isDefault = calendar.defaults.includes(part);
    const told = this.calendarTold(part);
    const put = (button, act) => this.calendarAct(told, button, async () => {
      this.calendar = await act();
      this.drafts[part] = null;
      this.savedPart = part;
      this.draw();
    });
    const path = `${data.api}/school-calendar/${part}`;
    const save = el("button", { type: "submit", class: "main", "data-focus": `save-${part}` }, say("school_set.save"));
    const body = rows.length ? el("div", { class: "scroll" }, el("table", { class: "rows" },
      el("thead", {}, el("tr", {}, ...columns.map(([name]) => el("th", { scope: "col" }, say(`school_set.${name}`))), el("td", {}))),
      el("tbody", {}, ...rows.map((row, n) => el("tr", {}, ...columns.map(([name, how]) => el("td", { "data-label": say(`school_set.${name}`) }, this.calendarField(part, row, n, name, how))),
        el("td", {}, data.may_calendar ? el("button", { type: "button", class: "plain", "aria-label": say("school_set.remove"), "data-focus": `remove-${part}-${n}`,
          onclick: () => { rows.splice(n, 1); this.draw(); } }, "✕") : null))))))
      : el("p", { class: "muted" }, say("school_set.nothing"));
    return el("section", { class: "box", "data-part": part },
      el("header", {}, el("h3", {}, say(`school_set.${part}`)), isDefault ? el("span", { class: "chip" }, say("school_set.is_default")) : null),
      part === "hours" ? el("p", { class: "small muted" }, say("school_set.hours_hint")) : null,
      el("form", { class: "form", onsubmit: (event) => {
        event.preventDefault();
        put(save, () => send("PUT", path, rows.map((row) => this.calendarRow(row, columns))));
      } }, body, told, data.may_calendar ? el("div", { class: "bar" }, save,
        el("button", { type: "button", class: "plain", "data-focus": `add-${part}`, onclick: () => {
          const last = rows.at(-1) ?? {};
          rows.push({ ...Object.fromEntries(columns.map(([name, how]) => [name, Array.isArray(how) ? how[0][0] : ""])), ...(part === "periods" && { number: (last.number ?? 0) + 1 }) });
          this.draw();
        } }, `＋ ${say("school_set.add")}`),
        isDefault ? null : this.sure(say("school_set.restore"), say("school_set.restore_sure"), `restore-${part}`, (button) => put(button, () => send("DELETE", path)))) : null));
  },

  calendarTold(part) {
    const told = this.told();
    if (this.savedPart === part) told.append(el("span", { class: "done" }, this.say("school_set.saved")));
    return told;
  },

  // what the last act did is told until this one
  calendarAct(told, button, act) {
    this.savedPart = null;
    return this.attempt(told, button, act);
  },

  calendarField(part, row, n, name, how) {
    const shared = { "aria-label": this.say(`school_set.${name}`), "data-focus": `${part}-${n}-${name}`, disabled: !this.data.may_calendar };
    const value = String(row[name] ?? "");
    if (!Array.isArray(how)) {
      return el("input", { type: "text", ...how, ...shared, value, "data-keep": "yes", oninput: (event) => { row[name] = event.target.value; } });
    }
    // what is not on offer here, such as a thing of another kind, stays as it is
    const options = how.some(([key]) => key === value) ? how : [...how, [value, value]];
    return el("select", { ...shared, onchange: (event) => { row[name] = event.target.value; } },
      ...options.map(([key, words]) => el("option", { value: key, selected: key === value }, words)));
  },

  calendarRow(row, columns) {
    const figures = ["number", "weekday", "as_weekday"];
    return Object.fromEntries(columns.map(([name]) => {
      const value = row[name];
      if (value === "" || value === null || value === undefined) return [name, name === "name" ? "" : null];
      return [name, figures.includes(name) ? Number(value) : value];
    }));
  },

  publicDays() {
    const { say, data, calendar } = this;
    const told = this.calendarTold("public_days");
    const box = el("input", { type: "checkbox", checked: calendar.settings.follows_public_holidays, disabled: !data.may_calendar, "data-focus": "follows",
      onchange: async (event) => {
        await this.calendarAct(told, event.target, async () => {
          this.calendar = await send("PUT", `${data.api}/school-calendar/settings`, { ...calendar.settings, follows_public_holidays: event.target.checked });
          this.savedPart = "public_days";
          this.draw();
        });
        // what was refused is not ticked
        event.target.checked = this.calendar.settings.follows_public_holidays;
      } });
    return el("section", { class: "box", "data-part": "public-days" }, el("h3", {}, say("school_set.public_days")),
      el("label", { class: "tick" }, box, say("school_set.follows")), told,
      calendar.is_announced ? null : el("p", { class: "small doubt" }, say("school_set.not_announced")),
      el("p", { class: "days" }, ...calendar.public_days.map((one) => el("span", { class: `chip ${one.kind}` },
        `${one.day} ${(data.lang === "en" && one.name_en) || one.name} · ${say(`day_kind.${one.kind}`)}`))));
  },

  calendarFile() {
    const { say, data } = this;
    const told = this.calendarTold("file");
    const { label, field } = filePicker(say, ".xlsx,.csv", { onPick: () => this.calendarAct(told, field, async () => {
      const form = new FormData();
      form.append("file", field.files[0]);
      this.calendar = await send("POST", `${data.api}/school-calendar/file`, form);
      for (const part of Object.keys(this.calendarColumns())) this.drafts[part] = null;
      this.savedPart = "file";
      this.draw();
    }) });
    return el("section", { class: "box" }, el("h3", {}, say("school_set.files")), el("div", { class: "bar" },
      el("a", { class: "plain file", href: `${data.api}/school-calendar/file?format=xlsx`, download: true }, `⇩ ${say("school_set.export")}`),
      data.may_calendar ? el("span", {}, `${say("school_set.import")} `) : null, data.may_calendar ? label : null), told);
  },
};
