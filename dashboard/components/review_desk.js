// All stations and where each stands on the guide's way; what waits for us comes first, oldest first.

const MOST_COMPARED = 6;

class ReviewDeskView extends WorkView {
  constructor(root) {
    super(root);
    this.picked = new Set();
  }

  identity(data) {
    return data.lang;
  }

  take(asked) {
    this.filter ??= asked.show ?? "";
    this.search ??= "";
  }

  async load() {
    const { api } = this.data;
    const [reviews, stations] = await Promise.all([
      allPages(`${api}/reviews?oldest_first=true`), allPages(`${api}/stations`),
    ]);
    return () => {
      this.lines = this.linesOf(reviews, stations);
    };
  }

  // One line per station: the review that goes on, or the latest that ended.
  linesOf(reviews, stations) {
    const of = new Map();
    for (const one of reviews) {
      if (!of.has(one.station_code)) of.set(one.station_code, []);
      of.get(one.station_code).push(one);
    }
    const lines = stations.map((station) => {
      const all = of.get(station.code) ?? [];
      const review = all.find((one) => !REVIEW_OVER.includes(one.state)) ?? all.at(-1) ?? null;
      return { station, review, earlier: all.filter((one) => one !== review) };
    });
    const rank = ({ review }) => {
      if (!review) return 3;
      if (REVIEW_OVER.includes(review.state)) return 4;
      if (review.waiting_for === this.data.side) return 0;
      return review.waiting_for ? 1 : 2;
    };
    const since = ({ review }) => review?.changed_at ?? "";
    return lines.sort((a, b) => rank(a) - rank(b) || since(a).localeCompare(since(b))
      || a.station.code.localeCompare(b.station.code));
  }

  sorts() {
    const { data, lines } = this;
    return {
      mine: lines.filter(({ review }) => review?.waiting_for && review.waiting_for === data.side),
      going: lines.filter(({ review }) => review && !REVIEW_OVER.includes(review.state)),
      all: lines,
    };
  }

  render() {
    if (!this.lines.length) {
      fill(this.body, el("div", { class: "empty" },
        el("p", {}, this.say("desk.none_at_all")), el("p", {}, this.say("desk.none_at_all_hint"))));
      return;
    }
    fill(this.body, this.figures(), this.filters(), this.table());
  }

  figures() {
    const { say, data, lines } = this;
    const { mine } = this.sorts();
    const oldest = mine.length ? daysSince(mine[0].review.changed_at) : 0;
    const other = data.side === "evaluation" ? "school" : "evaluation";
    const theirs = lines.filter(({ review }) => review?.waiting_for === other).length;
    const running = lines.filter(({ review }) => review?.state === "running").length;
    const none = lines.filter(({ review }) => !review).length;
    const figure = (key, label, value, note, isTurn = false) => el("div",
      { class: `figure ${isTurn ? "turn" : ""}`, "data-figure": key },
      el("div", { class: "label" }, label), el("div", { class: "value" }, value),
      el("div", { class: "note" }, note));
    return el("div", { class: "figures" },
      figure("mine", say("desk.ours"), mine.length ? `▶ ${mine.length}` : "0",
        !mine.length ? say("desk.ours_none")
          : oldest ? say("desk.ours_note", { n: oldest }) : say("desk.ours_today"), mine.length > 0),
      figure("theirs", say(`desk.theirs_${data.side || "school"}`), theirs, say("desk.theirs_note")),
      figure("running", say("desk.running"), running, say("desk.running_note", { n: lines.length })),
      figure("none", say("desk.none_yet"), none, say("desk.none_yet_note")));
  }

  filterNow(sorts) {
    return this.filter || (this.data.side === "evaluation" && sorts.mine.length ? "mine" : "all");
  }

  filters() {
    const { say, picked } = this;
    const sorts = this.sorts();
    const options = Object.entries(sorts).map(([name, lines]) =>
      [name, `${say(`desk.filter_${name}`)} ${lines.length}`]);
    const search = el("input", { type: "search", placeholder: say("desk.search"),
      "aria-label": say("desk.search"), value: this.search, "data-focus": "desk-search",
      oninput: (event) => {
        this.search = event.target.value;
        this.draw();
      } });
    return el("div", { class: "bar" },
      segments(say("desk.show"), options, this.filterNow(sorts), (name) => {
        this.filter = name;
        keepInAddress({ show: name });
        this.draw();
      }),
      search,
      picked.size >= 2 ? this.compareLink()
        : this.lines.length > 1 ? el("span", { class: "muted small" }, say("desk.compare_hint")) : "");
  }

  compareLink() {
    const { say, picked, data, component } = this;
    const query = { view: "compare", reviews: [...picked].join(","), ...data.keep };
    return innerLink(component, "reviews", query, say("desk.compare", { n: picked.size }), { class: "main-link" });
  }

  table() {
    const { say, data } = this;
    const sorts = this.sorts();
    const wanted = this.search.trim().toLowerCase();
    const text = ({ station: one }) =>
      `${one.code} ${one.name_zh} ${one.name_en} ${one.organisation_name_zh} ${one.organisation_name_en}`;
    const lines = sorts[this.filterNow(sorts)].filter((line) =>
      !wanted || text(line).toLowerCase().includes(wanted));
    if (!lines.length) {
      return el("div", { class: "empty" }, el("p", {}, say("desk.none")), el("p", {}, say("desk.none_hint")));
    }
    const heads = ["pick", "station", "state", "next", "since", "binding", "list", "open"];
    return el("table", { class: `desk lang-${data.lang}` },
      el("thead", {}, el("tr", {}, ...heads.map((name) => el("th", { scope: "col", class: name },
        name === "open" ? "" : say(`desk.col_${name}`))))),
      el("tbody", {}, ...lines.map((line) => this.line(line))));
  }

  line({ station, review, earlier }) {
    const { say, data } = this;
    const cell = (name, ...content) => el("td", { class: name, "data-label": say(`desk.col_${name}`) }, ...content);
    const next = review?.next_step ? [
      el("span", {}, say(`review_step.${review.next_step}`)),
      el("div", { class: "small muted" }, say(`side.${review.waiting_for}`))] : ["—"];
    const days = review?.waiting_for ? daysSince(review.changed_at) : null;
    const since = days === null ? "—" : days ? say("desk.days", { n: days }) : say("desk.today");
    return el("tr", { "data-station": station.code, "data-review": review?.id },
      el("td", { class: "pick" }, review ? el("label", {}, this.pick(station, review),
        el("span", { class: "narrow-only" }, ` ${say("desk.col_pick")}`)) : ""),
      el("th", { scope: "row", class: "station" },
        review ? this.open(review, station.code, "code") : el("span", { class: "code" }, station.code),
        el("span", {}, ` ${inLanguage(data.lang, station, "name")}`),
        el("div", { class: "small muted" }, inLanguage(data.lang, station, "organisation_name"))),
      cell("state", reviewPill(say, review, data.side)),
      cell("next", ...next), cell("since", since),
      cell("binding", review ? String(review.binding_count) : "—"),
      cell("list", review?.list_version || "—"),
      el("td", { class: "open" }, ...this.doors(station, review, earlier)));
  }

  open(review, words, style) {
    return innerLink(this.component, "reviews", { review: review.id, ...this.data.keep }, words, { class: style });
  }

  doors(station, review, earlier) {
    const { say, data } = this;
    const doors = review ? [this.open(review, say("desk.open"), "door")] : [];
    if (data.may_apply && (!review || REVIEW_OVER.includes(review.state))) {
      doors.push(el("button", { type: "button", class: "main", "data-apply": station.code,
        onclick: () => this.openApplication(station) }, say("desk.apply")));
    }
    if (earlier.length) {
      doors.push(el("details", { class: "small" }, el("summary", {}, say("desk.earlier", { n: earlier.length })),
        ...earlier.map((one) => el("div", {}, this.open(one, `#${one.id} ${say(`review_state.${one.state}`)}`, "")))));
    }
    return doors;
  }

  pick(station, review) {
    const { say, picked } = this;
    const isFull = picked.size >= MOST_COMPARED && !picked.has(review.id);
    return el("input", {
      type: "checkbox", checked: picked.has(review.id), disabled: isFull, "data-focus": `pick-${review.id}`,
      "aria-label": say("desk.pick", { station: station.code }),
      onchange: (event) => {
        if (event.target.checked) picked.add(review.id);
        else picked.delete(review.id);
        this.draw();
      },
    });
  }

  openApplication(station) {
    const { say, data } = this;
    const words = el("textarea", { maxlength: 2000, "aria-label": say("review.words"), "data-field": "words" });
    const papers = papersField(say);
    const said = el("p", { role: "alert", class: "refused" });
    const button = el("button", { type: "submit", class: "main" }, say("review_step.apply"));
    const onsubmit = async (event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        const ids = await sendPapers(data.api, station.organisation_code, papers);
        const order = { station: station.code, text: words.value.trim(), document_ids: ids };
        const made = await send("POST", `${data.api}/reviews`, order);
        this.panel.close();
        this.component.setTriggerValue("go", { page: "reviews", query: { review: made.id, ...data.keep } });
      } catch (error) {
        said.textContent = problemText(say, data.lang, error);
        button.disabled = false;
      }
    };
    this.panel.show(say, say("desk.applying", { station: station.code }),
      el("p", { class: "muted" }, say("desk.applying_note")),
      el("form", { class: "form", onsubmit },
        el("label", { class: "stacked" }, say("review.words"), words),
        papers, said, el("div", { class: "rowed" }, button)));
  }
}

export default function (component) {
  return mounted(component, ReviewDeskView);
}
