// The register: what a school has, searched and filtered by the server; a piece opens at the right.

const PER_PAGE = 100;
const TYPING_MS = 300;
const NARROW = 760;
const PIECE_FILTERS = { text: "", station: "", module: "", row: "", room: "", status: "", due: "" };
const DUE_MARKS = { overdue: ["!", "not"], soon: ["◔", "advice"], later: ["○", "ready"], undated: ["?", "unknown"] };
const STATUS_MARKS = { in_service: ["✓", "ready"], under_repair: ["⚒", "advice"], lent_out: ["→", "use"],
  retired: ["–", "off"], missing: ["✕", "not"] };

class RegisterView extends WorkView {
  constructor(root) {
    super(root);
    this.filters = { ...PIECE_FILTERS };
    this.most = PER_PAGE;
    this.picked = new Set();
    this.asset = "";
    this.opened = null;
    this.bar = el("div", { class: "bar" });
    this.notes = el("div");
    this.list = el("div");
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    for (const name of Object.keys(PIECE_FILTERS)) if (asked[name]) this.filters[name] = asked[name];
    const codes = this.data.organisations.map((one) => one.code);
    this.organisation = codes.includes(asked.organisation) ? asked.organisation : codes[0];
    this.asset = asked.asset ?? "";
  }

  address() {
    const isOne = this.data.organisations.length < 2;
    return { ...this.filters, organisation: isOne ? "" : this.organisation, asset: this.asset };
  }

  query(more = {}) {
    const query = new URLSearchParams({ organisation: this.organisation ?? "", ...more });
    for (const [name, value] of Object.entries(this.filters)) if (value) query.set(name, value);
    return query;
  }

  async load() {
    if (!this.organisation) return () => { this.found = null; };
    const asked = this.query().toString();
    const items = [];
    let page = null;
    do {
      const limit = Math.min(200, this.most - items.length);
      page = await getJson(`${this.data.api}/register?${this.query({ limit, offset: items.length })}`);
      items.push(...page.items);
    } while (page.next !== null && items.length < this.most);
    const edits = await this.loadEdits();
    return () => {
      // an answer to what was asked before the last letter is none
      if (asked !== this.query().toString()) return;
      this.found = { ...page, items };
      this.edits = edits;
      if (this.asset && !this.opened) this.open(this.asset);
      else if (this.opened && this.panel.isOpen) this.look();
    };
  }

  set(values) {
    Object.assign(this.filters, values);
    this.most = PER_PAGE;
    this.refresh();
  }

  render() {
    const { say, found } = this;
    if (!found) {
      fill(this.body, el("div", { class: "empty" }, el("p", {}, say("register.nobody"))));
      return;
    }
    // the bar stays in place: who types Chinese has letters in the field that are not a word yet
    if (!this.bar.isConnected || !this.bar.contains(this.root.getRootNode().activeElement)) this.drawBar();
    const isFiltered = Object.values(this.filters).some(Boolean);
    if (!this.bar.isConnected) fill(this.body, this.bar, this.notes, this.list);
    fill(this.notes, this.files(), this.undoBar(), this.done
      ? el("p", { class: "done", role: "status" }, this.done) : null);
    if (found.items.length) fill(this.list, this.selectionBar(), this.table(), this.moreButton());
    else {
      fill(this.list, el("div", { class: "empty" },
        el("p", {}, say(isFiltered ? "register.none_of_filter" : "register.none")),
        isFiltered
          ? el("button", { type: "button", class: "plain", "data-focus": "reset", onclick: () => {
            this.set({ ...PIECE_FILTERS });
            this.drawBar();
          } }, say("gaps.reset"))
          : el("p", {}, say("register.none_hint"))));
    }
  }

  drawBar() {
    const { say, data, filters } = this;
    const { sorts } = this.found;
    const search = el("input", { type: "search", placeholder: say("register.search"), "aria-label": say("register.search"),
      value: filters.text, "data-focus": "search", oninput: (event) => {
        const text = event.target.value.trim();
        clearTimeout(this.typing);
        if (!event.isComposing) this.typing = setTimeout(() => this.set({ text }), TYPING_MS);
      }, oncompositionend: (event) => this.set({ text: event.target.value.trim() }) });
    const pick = (name) => (value) => {
      this.set(name === "module" ? { module: value, row: "" } : { [name]: value });
      this.drawBar();
    };
    const all = ["", say("due.all")];
    const counted = (name, glyphs, counts) => Object.entries(counts).filter(([, n]) => n).map(([one, n]) =>
      [one, `${glyphs[one][0]} ${say(`${name}.${one}`)} ${n}`]);
    const stations = data.stations.filter((one) => one.organisation_code === this.organisation);
    const modules = Object.keys(sorts.rows).map((one) =>
      [one, one.endsWith("*") ? `${one} ${say("register.common")}` : `${one} ${say(`module_short.${one}`)}`]);
    const schools = data.organisations.map((one) => [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`]);
    const rest = [
      schools.length > 1 ? choice(say("register.school"), schools, this.organisation, (code) => {
        this.organisation = code;
        this.picked.clear();
        this.set({ ...PIECE_FILTERS });
        this.drawBar();
      }) : null,
      choice(say("register.status"), [all, ...counted("equipment_status", STATUS_MARKS, sorts.statuses)], filters.status, pick("status")),
      choice(say("register.due"), [all, ...counted("due_state", DUE_MARKS, sorts.due)], filters.due, pick("due")),
      choice(say("register.module"), [all, ...modules], filters.module, pick("module")),
      filters.module ? choice(say("register.row"), [all, ...(sorts.rows[filters.module] ?? []).map((one) => [one, one])],
        filters.row, pick("row")) : null,
      choice(say("register.room"), [all, ...sorts.rooms.map((one) => [one, one])], filters.room, pick("room")),
      stations.length > 1 ? choice(say("stations.station"), [all, ...stations.map((one) =>
        [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`])], filters.station, pick("station")) : null,
    ].filter(Boolean);
    const set = Object.entries(filters).filter(([name, value]) => name !== "text" && value).length;
    fill(this.bar, search, window.innerWidth > NARROW ? el("div", { class: "bar" }, ...rest)
      : el("details", { class: "filters", open: this.hasFilters, ontoggle: () => {
        this.hasFilters = this.bar.querySelector("details").open;
      } }, el("summary", { "data-focus": "filters" }, say(set ? "gaps.filters_set" : "gaps.filters", { n: set })), ...rest));
  }

  table() {
    const { say, data, found } = this;
    const heads = ["register.piece", "register.status", "register.due", "register.room", "register.counts_for"];
    return el("div", { class: "scroll" }, el("table", {},
      el("thead", {}, el("tr", {}, data.may_write ? el("th", { class: "tick" }, this.pickShown()) : null,
        ...heads.map((head) => el("th", { scope: "col" }, say(head))))),
      el("tbody", {}, ...found.items.map((one) => this.line(one)))));
  }

  line(one) {
    const { say, data } = this;
    const number = one.asset_number;
    const [glyph, kind] = STATUS_MARKS[one.status];
    const amount = one.quantity === 1 && !one.quantity_unit ? null
      : el("span", { class: "chip" }, `× ${Number(one.quantity.toFixed(2))} ${one.quantity_unit}`.trim());
    return el("tr", { "data-asset": number, class: this.picked.has(number) ? "picked" : null },
      data.may_write ? el("td", { class: "tick" }, this.tick(number)) : null,
      el("th", { scope: "row" },
        el("button", { type: "button", class: "open", "data-focus": `open ${number}`, onclick: () => this.open(number) },
          pieceName(data.lang, one)), " ", amount,
        el("div", { class: "small muted" }, [number, one.model, one.serial].filter(Boolean).join(" · "))),
      el("td", {}, pill(kind, glyph, say(`equipment_status.${one.status}`)),
        one.owner === "borrowed" ? el("span", { class: "chip" }, say("ownership.borrowed")) : null),
      el("td", { class: one.due_state ? null : "idle" }, this.dueMark(one)),
      el("td", { class: "place" }, el("div", {}, one.location || "—"),
        one.station_codes.length ? el("div", { class: "small muted" }, one.station_codes.join(" ")) : null),
      el("td", { class: "small muted rows" }, one.rows.slice(0, 3).join(" "), one.rows.length > 3
        ? ` +${one.rows.length - 3}` : null));
  }

  dueMark(one) {
    const { say } = this;
    if (!one.due_state) return el("span", { class: "none" }, "—");
    const [glyph, kind] = DUE_MARKS[one.due_state];
    return el("span", {}, pill(kind, glyph, one.due_on ?? say("due.no_day"), { title: say(`due_state.${one.due_state}`) }),
      el("span", { class: "small muted kind" }, say(`due_kind.${one.due_kind}`)));
  }

  moreButton() {
    const { say, found } = this;
    const rest = found.total - found.items.length;
    return rest > 0 ? el("button", { type: "button", class: "plain more", "data-focus": "more", onclick: () => {
      this.most += PER_PAGE;
      this.refresh();
    } }, say("due.more", { n: Math.min(PER_PAGE, rest) })) : null;
  }

  closed() {
    const key = this.opened && `open ${this.opened}`;
    this.opened = null;
    this.asset = "";
    this.job = null;
    keepInAddress(this.address());
    if (key) this.body.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus();
  }
}

function pieceName(lang, one) {
  return inLanguage(lang, one, "item") || one.asset_number;
}

function joined(lang, parts) {
  return parts.filter(Boolean).join(lang === "en" ? ", " : "，");
}

function formField(words, name, attributes = {}) {
  return el("label", { class: "stacked" }, words,
    el("input", { type: "text", name, "data-focus": name, autocomplete: "off", ...attributes }));
}

function formChoice(words, name, options, onPick = null) {
  return el("label", { class: "stacked" }, words, el("select", { name, "data-focus": name,
    onchange: onPick && ((event) => onPick(event.target.value)) },
  ...options.map(([key, text]) => el("option", { value: key }, text))));
}

export default function (component) {
  return mounted(component, RegisterView);
}
