// A timetable from a file: tried row by row first, booked as a whole only when no row has a problem.

const TimetableParts = {
  timetableParts() {
    const { say, data, calendar } = this;
    const told = this.told();
    this.timetable ??= { file: null, term: "", closed: "make_up" };
    const { timetable } = this;
    const pick = (name, options) => el("label", { class: "stacked" }, say(`school_set.${name}`), el("select", { "data-focus": name, onchange: (event) => {
      timetable[name] = event.target.value;
      this.tried = null;
      this.draw();
    } }, ...options.map(([key, words]) => el("option", { value: key, selected: key === timetable[name] }, words))));
    const { label, field } = filePicker(say, ".xlsx,.csv", { onPick: ([file]) => {
      timetable.file = file ?? null;
      this.tried = null;
    } });
    // a redrawn page has a new field; what was chosen is still there
    if (timetable.file) label.querySelector("span.small").textContent = timetable.file.name;
    const run = (isDry) => (event) => this.attempt(told, event.target, async () => {
      if (!timetable.file) {
        fill(told, el("span", { class: "refused" }, say("school_set.no_file")));
        return;
      }
      const form = new FormData();
      form.append("file", timetable.file);
      for (const [name, value] of [["term", timetable.term], ["closed", timetable.closed], ["dry_run", String(isDry)]]) form.append(name, value);
      this.tried = await send("POST", `${data.api}/timetables/file`, form);
      this.draw();
    });
    const { tried } = this;
    const isReady = tried?.is_dry_run && !tried.problems.length && tried.bookings > 0;
    return [el("section", { class: "box", "data-part": "timetable" }, el("p", { class: "muted" }, say("school_set.timetable_hint")),
      el("div", { class: "bar" }, el("a", { class: "plain file", href: `${data.api}/timetables/template?format=xlsx`, download: true }, `⇩ ${say("school_set.template")}`), label),
      el("div", { class: "rowed" },
        pick("term", [["", say("school_set.this_term")], ...calendar.terms.map((one) => [one.name, one.name])]),
        pick("closed", data.closed_days.map((one) => [one, say(`closed_days.${one}`)])),
        el("button", { type: "button", class: isReady ? "plain" : "main", "data-focus": "try", onclick: run(true) }, say("school_set.try")),
        isReady ? el("button", { type: "button", class: "main", "data-focus": "book-all", onclick: run(false) }, say("school_set.book_all", { n: tried.bookings })) : null),
      told, field && tried ? this.triedReport(tried) : null)];
  },

  triedReport(tried) {
    const { say, data } = this;
    const at = (iso) => schoolWords(data.lang, iso, { month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" });
    const words = tried.problems.length ? say("school_set.has_problems", { n: tried.problems.length })
      : say(tried.is_dry_run ? "school_set.would" : "school_set.did", { term: tried.term, n: tried.bookings });
    return el("div", { "data-part": "report" }, el("p", { class: tried.problems.length ? "refused" : "done" }, words),
      tried.ignored_columns.length ? el("p", { class: "small muted" }, say("school_set.ignored", { list: tried.ignored_columns.join("、") })) : null,
      el("ul", { class: "lines" },
        ...tried.problems.map((one) => el("li", {}, el("div", {}, el("strong", {}, say("school_set.row", { n: one.row })), ` ${problemWords(data, one)}`))),
        ...tried.rows.map((one) => el("li", {}, el("div", {}, el("span", { class: "muted" }, `${say("school_set.row", { n: one.row })} `),
          say("school_set.times", { title: one.title, first: at(one.first_at), n: one.times }))))));
  },
};
