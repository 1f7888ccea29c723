// Papers to hand in: made from what the database says now, fetched in any format, checked by code.

const PAPERS_SHOWN = 50;

class PapersView extends WorkView {
  identity(data) {
    return JSON.stringify([data.lang, data.own]);
  }

  take(asked) {
    const { data } = this;
    const known = (values, wanted) => (values.includes(wanted) ? wanted : values[0] ?? "");
    const codes = data.schools.map((one) => one.code);
    this.tab = known(["list", "year"], asked.tab);
    this.kind = known(data.kinds, asked.kind);
    this.station = known(data.stations.map((one) => one.code), asked.station);
    this.school = known(codes, asked.school ?? (codes.includes(data.own) ? data.own : codes[0]));
    this.year = Number(asked.year) || data.year;
    this.drafts = {};
  }

  address() {
    const { tab, kind, station, school } = this;
    return { tab, kind, station, school, year: String(this.year) };
  }

  async load() {
    const { data, school, year } = this;
    const report = `${data.api}/organisations/${encodeURIComponent(school)}/annual-reports/${year}`;
    const [papers, annual] = await Promise.all([
      getJson(`${data.api}/papers?limit=${PAPERS_SHOWN}`),
      school ? getJson(report) : null,
    ]);
    return () => {
      if (school !== this.school || year !== this.year) return;
      this.papers = papers;
      this.annual = annual;
    };
  }

  pick(values) {
    const isOther = (values.school ?? this.school) !== this.school || (values.year ?? this.year) !== this.year;
    Object.assign(this, values);
    this.told = null;
    if (isOther) {
      this.drafts = {};
      this.hasLoaded = false;
      this.refresh();
    }
    this.draw();
  }

  // Does something that takes a moment; what became of it stands at the place of the button.
  async act(place, work) {
    this.isBusy = true;
    this.told = null;
    this.draw();
    try {
      this.told = await work();
    } catch (error) {
      this.told = { wrong: [problemText(this.say, this.data.lang, error)] };
    }
    this.told = { place, ...this.told };
    this.isBusy = false;
    this.tell([...(this.told.good ?? []), ...(this.told.wrong ?? [])].join(" "));
    await this.refresh();
    this.draw();
  }

  toldParts(place) {
    if (this.told?.place !== place) return [];
    const { good = [], wrong = [] } = this.told;
    return [...good.map((words) => el("p", { class: "done" }, `✓ ${words}`)),
      ...wrong.map((words) => el("p", { class: "refused" }, `✕ ${words}`))];
  }

  render() {
    const { say } = this;
    const tabs = ["list", "year"].map((one) => [one, say(`papers.tab_${one}`)]);
    fill(this.body, el("div", { class: "bar" },
      segments(say("papers.tab"), tabs, this.tab, (tab) => this.pick({ tab }))),
    ...(this.tab === "year" ? this.yearParts() : [this.makeForm(), this.table()]));
  }

  schoolChoice() {
    const { data, say } = this;
    if (data.schools.length < 2) return null;
    return choice(say("papers.school"), data.schools.map((one) => [one.code, `${one.code} ${one.name}`]),
      this.school, (school) => this.pick({ school }));
  }

  yearChoice() {
    const years = Array.from({ length: this.data.year - 2018 }, (_, n) => String(this.data.year - n));
    return choice(this.say("papers.year"), years.map((one) => [one, one]), String(this.year),
      (year) => this.pick({ year: Number(year) }));
  }

  makeForm() {
    const { data, say } = this;
    if (!data.may_make) return null;
    const isAnnual = this.kind === "annual_report";
    const about = isAnnual ? [this.schoolChoice(), this.yearChoice()]
      : [choice(say("papers.station"), data.stations.map((one) =>
        [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`]), this.station,
      (station) => this.pick({ station }))];
    return el("section", { class: "box make" },
      el("h3", {}, say("papers.make")), el("p", { class: "small muted" }, say("papers.make_hint")),
      el("div", { class: "bar" },
        choice(say("papers.kind"), data.kinds.map((one) => [one, say(`paper_kind.${one}`)]), this.kind,
          (kind) => this.pick({ kind })),
        ...about,
        el("button", { type: "button", class: "main", "data-focus": "make",
          disabled: this.isBusy || !(isAnnual ? this.school : this.station), onclick: () => this.make() },
        say(this.isBusy ? "papers.making" : "papers.make"))),
      ...this.toldParts("make"));
  }

  make() {
    const order = this.kind === "annual_report"
      ? { kind: this.kind, organisation: this.school, year: this.year }
      : { kind: this.kind, station: this.station };
    return this.act("make", async () => {
      const made = await send("POST", `${this.data.api}/papers`, order);
      return { good: [this.say("papers.made", { code: made.printed_code })] };
    });
  }

  table() {
    const { data, say, papers } = this;
    if (!papers.items.length) return el("div", { class: "empty" }, el("p", {}, say("papers.none")));
    const names = ["kind", "about", "list", "when", "who", "code", "download"];
    const cell = (name, ...parts) => el("td", { "data-label": say(`papers.${name}`) }, ...parts);
    return el("div", {}, el("table", { class: "papers" },
      el("thead", {}, el("tr", {}, ...names.map((one) => el("th", {}, say(`papers.${one}`))))),
      el("tbody", {}, ...papers.items.map((one) => el("tr", { "data-paper": one.code },
        cell("kind", say(`paper_kind.${one.kind}`)),
        cell("about", one.station_code ?? `${one.organisation_code} ${one.year ?? ""}`),
        cell("list", one.list_version || "—"), cell("when", clock(data.lang, one.made_at)),
        cell("who", one.made_by),
        cell("code", el("a", { href: `/verify/${one.printed_code}?lang=${data.lang}`, target: "_blank",
          rel: "noopener", "aria-label": `${say("papers.verify")} ${one.printed_code}` }, one.printed_code)),
        cell("download", el("span", { class: "files" }, ...data.formats.map((form) => el("a", {
          class: "plain", href: `${data.api}/papers/${one.code}/file?format=${form}`, download: true,
        }, say(`paper_format.${form}`))))))))),
    papers.total > papers.items.length
      ? el("p", { class: "small muted" }, say("papers.more", { n: papers.total - papers.items.length })) : null);
  }
}

export default function (component) {
  return mounted(component, PapersView);
}
