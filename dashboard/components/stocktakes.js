// Stocktakes as somebody at a desk follows them: how far each is, and at the right what was found, what
// was not, and what people wrote and photographed. Counting itself has a page of its own, made for phones.

const LATEST_STOCKTAKES = 100;
const COUNTED = ["found", "wrong_place", "expected", "missing", "unknown"];
const ROWS_AT_ONCE = 100;
const LOOK_AGAIN_MS = 5000;
const STATE_MARKS = { open: ["▶", "use"], signed: ["✓", "ready"], cancelled: ["–", "off"] };

class StocktakesView extends WorkView {
  constructor(root) {
    super(root);
    this.result = "";
    this.most = ROWS_AT_ONCE;
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    this.station = asked.station ?? "";
    if (asked.stocktake) this.open(Number(asked.stocktake));
    // scans come by the dozen and make no entry of their own
    this.beat ??= setInterval(() => {
      const isRunning = this.items?.some((one) => one.state === "open");
      if (isRunning && !document.hidden && !this.isBroken) this.refresh();
    }, LOOK_AGAIN_MS);
  }

  destroy() {
    clearInterval(this.beat);
    super.destroy();
  }

  address() {
    return { station: this.station, stocktake: this.id ? String(this.id) : "" };
  }

  async load() {
    const path = `${this.data.api}/stocktakes`;
    const found = await getJson(`${path}?limit=${LATEST_STOCKTAKES}`);
    const running = found.items.filter((one) => one.state === "open");
    const pages = await Promise.all(running.map((one) => getJson(`${path}/${one.id}`)));
    const sheet = this.id ? await this.sheetOf(this.id) : null;
    return () => {
      this.items = found.items;
      this.total = found.total;
      this.pages = new Map(pages.map((one) => [one.id, one]));
      const isSame = JSON.stringify(sheet) === JSON.stringify(this.sheet);
      if (sheet && sheet.stocktake.id === this.id && !isSame) this.showOne(sheet);
    };
  }

  // what it proposes for the register comes with it
  async sheetOf(id) {
    const path = `${this.data.api}/stocktakes/${id}`;
    const sheet = await getJson(`${path}/sheet`);
    const isSigned = sheet.stocktake.state === "signed";
    return { ...sheet, proposals: isSigned ? await allPages(`${path}/proposals`) : [] };
  }

  render() {
    const { say, data } = this;
    const wanted = this.items.filter((one) => !this.station || one.station_code === this.station);
    const page = data.lang === "en" ? "/stocktake/?lang=en" : "/stocktake/";
    const away = (words) => el("a", { class: "plain link", href: page, target: "_blank", rel: "noopener" }, words);
    fill(this.body,
      el("div", { class: "bar" },
        data.stations.length > 1
          ? choice(say("stations.station"), [["", say("gaps.all")], ...data.stations.map((one) =>
            [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`])], this.station,
          (station) => {
            this.station = station;
            this.draw();
          }) : null,
        away(say(data.may_manage ? "count.manage" : "count.page"))),
      wanted.length ? el("ul", { class: "counts" }, ...wanted.map((one) => this.entry(one)))
        : el("div", { class: "empty" }, el("p", {}, say("count.none")), el("p", {}, say("count.none_hint"))),
      this.total > this.items.length
        ? el("p", { class: "small muted" }, say("count.more", { n: this.total - this.items.length })) : null);
  }

  nameOf(one) {
    return one.title || this.say("count.title", { id: one.id });
  }

  mark(one) {
    const [glyph, kind] = STATE_MARKS[one.state];
    return pill(kind, glyph, this.say(`count_state.${one.state}`));
  }

  progress(page) {
    const { counts } = page;
    const seen = (counts.found ?? 0) + (counts.wrong_place ?? 0);
    const all = seen + (counts.expected ?? 0) + (counts.missing ?? 0);
    return el("span", { class: "progress" },
      el("progress", { max: all || 1, value: seen, "aria-label": this.say("count.seen") }),
      el("span", {}, this.say("count.of", { n: seen, all })));
  }

  entry(one) {
    const { say, data } = this;
    const page = this.pages.get(one.id);
    const unsent = page?.devices.reduce((sum, device) => sum + device.unsent, 0) ?? 0;
    return el("li", {}, el("button", { type: "button", class: "card", "data-stocktake": one.id,
      "data-focus": `stocktake-${one.id}`, onclick: () => this.open(one.id) },
    el("span", { class: "top" }, this.mark(one), el("strong", {}, this.nameOf(one))),
    el("span", { class: "small" }, [one.station_code, one.locations.join("、") || say("count.whole")].join(" · ")),
    page ? this.progress(page) : null,
    unsent ? el("span", { class: "small late" }, `! ${say("count.unsent", { n: unsent })}`) : null,
    el("span", { class: "small muted" },
      `${one.ended_by ?? one.started_by} · ${clock(data.lang, one.ended_at ?? one.started_at)}`)));
  }

  closed() {
    const id = this.id;
    this.id = null;
    keepInAddress(this.address());
    this.body.querySelector(`[data-stocktake="${id}"]`)?.focus();
  }
}

export default function (component) {
  return mounted(component, StocktakesView);
}
