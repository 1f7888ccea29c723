// Rooms of a station with their workstations, what follows from them, and what stands nowhere.

class PlacesView extends KeepView {
  take() {
    this.panel.close();
  }

  get room() {
    return this.found?.rooms.find((one) => one.id === this.roomId);
  }

  async load() {
    const { data } = this;
    const found = await this.allowed(
      `${data.api}/stations/${encodeURIComponent(data.station.code)}/places`);
    return () => {
      this.found = found;
      if (this.panel.isOpen && this.roomId) this.look();
    };
  }

  render() {
    const { say, data, found } = this;
    if (!found) {
      fill(this.body, this.empty(say("trouble.not_allowed_hint")));
      return;
    }
    fill(this.body,
      data.may_write ? el("div", { class: "bar" }, el("button", { type: "button", class: "main",
        "data-focus": "add", onclick: () => this.openNew() }, `＋ ${say("places.add")}`)) : null,
      found.rooms.length ? el("ul", { class: "rows" }, ...found.rooms.map((one) => this.line(one)))
        : this.empty(say("places.none"), el("p", {}, say("places.none_hint"))),
      this.facts(), this.unplaced(),
      this.tables("rooms", data.station.organisation_code));
  }

  line(one) {
    const { say, data } = this;
    const vehicles = one.workstations.filter((place) => place.kind === "vehicle").length;
    return el("li", { "data-room": one.code }, el("button", {
      type: "button", class: "row", "data-focus": `room-${one.id}`, onclick: () => this.open(one.id),
    },
    el("span", {}, el("strong", {}, inLanguage(data.lang, one, "name")),
      el("span", { class: "small muted ids" }, one.code)),
    el("span", {}, say(`room_kind.${one.kind}`)),
    el("span", {}, one.workstations.length ? say("places.workstation_count", {
      n: one.workstations.length, vehicles, benches: one.workstations.length - vehicles,
    }) : ""),
    el("span", { class: "small muted" }, [one.area_m2 === null ? null : say("places.area", { n: one.area_m2 }),
      one.station_codes.join(" ") || say("keeping.every_station")].filter(Boolean).join(" · "))));
  }

  facts() {
    const { say, found } = this;
    const names = ["stated", "derived", "applied"];
    const cell = (one, name) => el("td", { "data-label": say(`places.${name}`) }, el("div", {},
      one[name] === null ? "—" : one[name],
      name === "derived" && one.differs ? [" ", pill("advice", "!", say("places.differs"))] : null));
    return el("section", { class: "part" }, el("h3", {}, say("places.facts")),
      el("p", { class: "small muted" }, say("places.facts_explained")),
      el("table", { class: "keep" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("places.fact")),
          ...names.map((name) => el("th", { scope: "col" }, say(`places.${name}`))))),
        el("tbody", {}, ...found.facts.map((one) => el("tr", { "data-fact": one.name },
          el("th", { scope: "row" }, say(`place_fact.${one.name}`)), ...names.map((name) => cell(one, name)))))));
  }

  unplaced() {
    const { say, found } = this;
    const placed = el("p", { class: "small muted" }, say("places.placed", { n: found.placed }));
    if (!found.unplaced_count) return el("section", { class: "part" }, placed);
    return el("section", { class: "part" }, placed,
      el("details", { class: "box" },
        el("summary", { "data-focus": "unplaced" }, say("places.unplaced", { n: found.unplaced_count })),
        el("ul", { class: "papers" }, ...found.unplaced.map((one) => el("li", {},
          el("span", {}, el("code", {}, one.asset_number), ` ${one.item_zh}`),
          el("span", { class: "small muted" }, one.location || "—")))),
        found.unplaced_count > found.unplaced.length ? el("p", { class: "small" },
          say("keeping.more", { n: found.unplaced_count - found.unplaced.length })) : null));
  }

  closed() {
    const id = this.roomId;
    this.roomId = null;
    this.formNode = null;
    if (id) this.body.querySelector(`[data-focus="room-${id}"]`)?.focus();
  }
}

export default function (component) {
  return mounted(component, PlacesView);
}
