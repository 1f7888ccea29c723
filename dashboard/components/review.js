// One station's way through the guide: where it stands, what is needed now, and what happened.

const DIFFERENCE_FRESH_MS = 20000;

class ReviewView extends WorkView {
  constructor(root) {
    super(root);
    this.names = new Map();
    this.panel.dialog.classList.add("wide");
  }

  identity(data) {
    return `${data.lang} ${data.review}`;
  }

  take(asked) {
    this.filter = "";
    this.search = "";
    this.then = asked.then ?? "";
    this.later = asked.later ?? "";
    this.looked = null;
    this.shown = null;
    this.form = null;
  }

  async load() {
    const { api, review } = this.data;
    const base = `${api}/reviews/${review}`;
    const page = await getJson(base);
    const asked = this.sides(page);
    const key = `${page.snapshot_sha256}?${asked}`;
    // what lies behind us does not change; the check as it is now does
    const isFresh = this.looked?.key === key && Date.now() - this.looked.at < DIFFERENCE_FRESH_MS;
    const looked = isFresh
      ? this.looked : { key, at: Date.now(), found: await getJson(`${base}/difference?${asked}`) };
    await this.nameDocuments(page);
    return () => {
      this.page = page;
      this.looked = looked;
    };
  }

  // Which checks are held side by side; what the address names may be of another review.
  sides(page) {
    const known = new Set(page.history.map((entry) => entry.snapshot_sha256));
    const asked = Object.entries({ then: this.then, later: this.later }).filter(([, sha]) => known.has(sha));
    return new URLSearchParams(asked).toString();
  }

  async nameDocuments(page) {
    const ids = page.history.flatMap((entry) => entry.document_ids);
    await Promise.all(ids.filter((id) => !this.names.has(id)).map(async (id) => {
      try {
        this.names.set(id, (await getJson(`${this.data.api}/documents/${encodeURIComponent(id)}`)).name);
      } catch {
        this.names.set(id, null); // a paper that is named but not kept here
      }
    }));
  }

  render() {
    fill(
      this.body,
      this.head(),
      el("div", { class: "columns" },
        this.way(),
        el("div", { class: "work" }, this.acting(), this.checks(), this.conditions(), this.changes(), this.history())),
    );
    if (this.panel.isOpen && this.shown?.row) this.showRow(this.shown.row);
  }

  head() {
    const { say, data, page, component } = this;
    const { station } = data;
    const days = daysSince(page.changed_at);
    const at = dayAndTime(data.lang, page.changed_at);
    const tone = { use: "b-turn", ready: "b-ready", advice: "b-advice", not: "b-not", off: "b-unknown" };
    const { kind, glyph } = reviewLook(page, data.side);
    return el("div", {},
      el("p", { class: "back" }, innerLink(component, "reviews", { ...data.keep }, `← ${say("review.back")}`)),
      el("section", { class: `banner ${tone[kind]}`, "data-review-state": page.state },
        el("div", { class: "big" },
          el("span", { "aria-hidden": "true" }, say(`review_glyph.${glyph}`)),
          el("span", {}, say(`review_state.${page.state}`))),
        el("div", { class: "words" },
          el("p", { class: "verdict" }, this.turnText()),
          el("p", { class: "small" }, [
            `${station.code} ${inLanguage(data.lang, station, "name")}`,
            inLanguage(data.lang, station, "organisation_name"),
            days ? say("review.since", { at, n: days }) : say("review.since_today", { at }),
          ].join(" · "))),
        el("div", { class: "tags" },
          page.list_version ? el("span", { class: "tag" }, `${say("common.list")} ${page.list_version}`) : null,
          el("span", { class: "tag" }, say("review.binding_of_step", { n: page.binding_count })))));
  }

  turnText() {
    const { say, data, page } = this;
    if (!page.waiting_for) return say("review.at_rest");
    if (page.waiting_for !== data.side) return say(`review.waits_${page.waiting_for}`);
    return say(data.may_act ? "review.mine" : "review.ours");
  }

  way() {
    const { say, data, page } = this;
    const now = page.stages.findIndex((one) => one.state === "now" || one.state === "returned");
    const done = page.stages.filter((one) => one.state === "done").length;
    const steps = page.stages.map((one, place) => {
      const entry = page.history.find((step) => step.id === one.entry_id);
      return el("li", { class: `stage g-${one.state}`, "data-stage": one.step, "data-stage-state": one.state,
        "aria-current": place === now ? "step" : null },
      el("span", { class: "mark", "aria-hidden": "true" }, say(`stage_glyph.${one.state}`)),
      el("div", {},
        el("div", { class: "name" }, `${place + 1}. ${say(`guide.${one.step}`)}`),
        el("div", { class: "small muted" }, `${say(`side.${one.side}`)} · ${say(`stage.${one.state}`)}`),
        entry ? el("div", { class: "small" },
          `${dayAndTime(data.lang, entry.at)} ${entry.who} `, this.hashButton(entry)) : null));
    });
    const short = say("review.way_short", { n: now < 0 ? done : now + 1 });
    return el("aside", { class: "way" },
      el("details", { open: !this.isNarrow(), "data-open": "way" },
        el("summary", {}, el("strong", {}, say("review.way")), el("span", { class: "muted small" }, ` ${short}`)),
        el("ol", { class: "stages" }, ...steps)));
  }

  isNarrow() {
    return this.root.clientWidth < 900;
  }

  hashButton(entry) {
    const { say } = this;
    return el("button", {
      type: "button", class: "hash", "data-snapshot": entry.snapshot_sha256,
      "data-focus": `hash-${entry.id}`, title: say("review.frozen"),
      onclick: () => this.openSnapshot(entry),
    }, `❄ ${shortHash(entry.snapshot_sha256)}`);
  }

  history() {
    const { say, data, page } = this;
    const entries = [...page.history].reverse().map((entry) => el("li", { "data-entry": entry.step },
      el("div", { class: "line" },
        el("strong", {}, say(`review_step.${entry.step}`)),
        el("span", { class: "muted small" },
          `${dayAndTime(data.lang, entry.at)} · ${say(`side.${entry.side}`)} ${entry.who}`),
        this.hashButton(entry),
        el("span", { class: "tag" }, say("review.binding_of_step", { n: entry.binding_count })),
        entry.list_version ? el("span", { class: "tag" }, entry.list_version) : null),
      entry.text ? el("p", { class: "quote" }, entry.text) : null,
      entry.document_ids.length ? el("p", { class: "small" }, ...this.papers(entry)) : null));
    return el("section", {}, el("h2", {}, say("review.history")), el("ul", { class: "entries" }, ...entries));
  }

  papers(entry) {
    const { api } = this.data;
    return entry.document_ids.map((id) => {
      const name = this.names.get(id);
      if (!name) return el("span", { class: "tag" }, id);
      return el("a", { class: "paper", href: `${api}/documents/${encodeURIComponent(id)}/content` }, `▤ ${name}`);
    });
  }

  closed() {
    this.shown = null;
  }
}

export default function (component) {
  return mounted(component, ReviewView);
}
