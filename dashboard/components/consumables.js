// What is used up: how much there is, what moved, and what goes off first.

const STOCK_LOOKS = { enough: ["ready", "✓"], low: ["advice", "!"], empty: ["not", "✕"] };
const STOCK_NUMBERS = ["minimum", "amount"];

class ConsumablesView extends KeepView {
  constructor(root) {
    super(root);
    this.filters = { state: "" };
  }

  take(asked) {
    this.filters = { state: asked.state in STOCK_LOOKS ? asked.state : "" };
    this.panel.close();
  }

  address() {
    return { ...this.filters };
  }

  get thing() {
    return this.things?.find((one) => one.id === this.thingId);
  }

  async load() {
    const { data } = this;
    const things = await allPages(`${data.api}/consumables`);
    return () => {
      this.things = things.filter((one) => one.organisation_code === data.station.organisation_code);
      if (this.panel.isOpen && this.thingId) this.look();
    };
  }

  render() {
    const { say, data, things, filters } = this;
    const shown = things.filter((one) => !filters.state || one.state === filters.state);
    const count = (state) => things.filter((one) => one.state === state).length;
    const states = [["", say("keeping.all")], ...Object.entries(STOCK_LOOKS).map(([state, [, glyph]]) =>
      [state, `${glyph} ${say(`stock_state.${state}`)} ${count(state)}`])];
    const set = (state) => {
      this.filters = { state };
      this.draw();
    };
    const list = () => (shown.length ? el("ul", { class: "rows" }, ...shown.map((one) => this.line(one)))
      : this.empty(say("keeping.none_of_filter"), el("button", { type: "button", class: "plain",
        "data-focus": "reset", onclick: () => set("") }, say("keeping.reset"))));
    fill(this.body, el("div", { class: "bar" },
      things.length ? segments(say("consumables.state"), states, filters.state, set) : null,
      data.may_write ? el("button", { type: "button", class: "main", "data-focus": "add",
        onclick: () => this.openNew() }, `＋ ${say("consumables.add")}`) : null),
    things.length ? list() : this.empty(say("consumables.none"), el("p", {}, say("consumables.none_hint"))),
    this.tables("consumables", data.station.organisation_code));
  }

  line(one) {
    const { say, data } = this;
    const [kind, glyph] = STOCK_LOOKS[one.state];
    return el("li", { "data-consumable": one.code }, el("button", {
      type: "button", class: "row", "data-focus": `stock-${one.id}`, onclick: () => this.open(one.id),
    },
    el("span", {}, el("strong", {}, inLanguage(data.lang, one, "name")),
      el("span", { class: "small muted ids" }, one.code)),
    el("span", { class: "marks" }, pill(kind, glyph, say(`stock_state.${one.state}`)),
      el("strong", {}, say("consumables.stock", { n: one.stock, unit: one.unit }))),
    el("span", {}, say("consumables.least", { n: one.minimum, unit: one.unit })),
    el("span", { class: "small muted" }, [
      one.expires_on ? say("consumables.expires", { day: one.expires_on }) : null, one.location,
      one.station_codes.join(" ") || say("keeping.every_station")].filter(Boolean).join(" · "))));
  }

  closed() {
    const id = this.thingId;
    this.thingId = null;
    this.formNode = null;
    if (id) this.body.querySelector(`[data-focus="stock-${id}"]`)?.focus();
  }
}

export default function (component) {
  return mounted(component, ConsumablesView);
}
