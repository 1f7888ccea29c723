// A timetable from a file: tried lesson by lesson, what is unclear settled by a person, then booked.

const RUN_GLYPHS = { running: ["use", "◔"], done: ["ready", "✓"], stopped: ["advice", "■"] };
const POLL_MS = 1500;

const TimetableParts = {
  timetableParts() {
    const { say, data, calendar } = this;
    const told = this.told();
    this.timetable ??= { file: null, term: "", closed: "make_up", weeks: "", only_known: false, settled: { things: {}, people: {}, cells: {} } };
    const { timetable } = this;
    const set = (name) => (event) => {
      timetable[name] = event.target.type === "checkbox" ? event.target.checked : event.target.value;
      this.tried = null;
      this.draw();
    };
    const pick = (name, options) => el("label", { class: "stacked" }, say(`timetable.${name}`), el("select", { "data-focus": name, onchange: set(name) },
      ...options.map(([key, words]) => el("option", { value: key, selected: key === timetable[name] }, words))));
    const { label } = filePicker(say, ".xlsx,.csv", { onPick: ([file]) => {
      timetable.file = file ?? null;
      timetable.settled = { things: {}, people: {}, cells: {} };
      this.tried = null;
      this.draw();
    } });
    // a redrawn page has a new field; what was chosen is still there
    if (timetable.file) label.querySelector("span.small").textContent = timetable.file.name;
    const { tried } = this;
    const isReady = tried?.is_dry_run && !tried.problems.length && tried.bookings > 0;
    const template = (form) => el("a", { class: "plain file", href: `${data.api}/timetables/template?format=xlsx&form=${form}`, download: true }, `⇩ ${say(`timetable.template_${form}`)}`);
    this.runs ?? this.loadRuns();
    return [el("section", { class: "box", "data-part": "timetable" }, el("p", { class: "muted" }, say("timetable.hint")),
      el("div", { class: "bar" }, template("grid"), template("list"), label),
      el("div", { class: "rowed" },
        pick("term", [["", say("timetable.this_term")], ...calendar.terms.map((one) => [one.name, one.name])]),
        pick("closed", data.closed_days.map((one) => [one, say(`closed_days.${one}`)])),
        el("label", { class: "stacked" }, say("timetable.weeks"), el("input", { type: "text", value: timetable.weeks, placeholder: `${say("timetable.weeks_all")} / 1-16`, "data-focus": "weeks", maxlength: 60, onchange: set("weeks") })),
        el("label", { class: "tick" }, el("input", { type: "checkbox", checked: timetable.only_known, "data-focus": "only_known", onchange: set("only_known") }), say("timetable.only_known"))),
      tried ? this.settlingParts(tried) : null,
      el("div", { class: "bar" },
        el("button", { type: "button", class: isReady ? "plain" : "main", "data-focus": "try", onclick: (event) => this.sendTimetable(true, told, event.target) },
          say(tried?.is_dry_run && tried.problems.length ? "timetable.try_again" : "timetable.try")),
        isReady ? el("button", { type: "button", class: "main", "data-focus": "book-all", onclick: (event) => this.sendTimetable(false, told, event.target) },
          say("timetable.book_all", { rows: tried.rows.filter((one) => !one.is_known).length, n: tried.bookings })) : null),
      told, tried ? this.triedReport(tried) : null), this.runParts()];
  },

  async sendTimetable(isDry, told, button) {
    const { say, data, timetable } = this;
    await this.attempt(told, button, async () => {
      if (!timetable.file) {
        fill(told, el("span", { class: "refused" }, say("timetable.no_file")));
        return;
      }
      const form = new FormData();
      form.append("file", timetable.file);
      for (const name of ["term", "closed", "weeks", "only_known"]) form.append(name, String(timetable[name]));
      form.append("settled", JSON.stringify(timetable.settled));
      form.append("dry_run", String(isDry));
      const watching = isDry ? null : setInterval(() => this.watchRun(told), POLL_MS);
      try {
        this.tried = await send("POST", `${data.api}/timetables/file`, form);
      } catch (error) {
        // somebody was quicker: a new trial shows all of it with what can be settled
        if (isDry || !(error instanceof Problem) || !error.problem.problems) throw error;
        form.set("dry_run", "true");
        this.tried = await send("POST", `${data.api}/timetables/file`, form);
      } finally {
        clearInterval(watching);
      }
      if (!isDry) await this.loadRuns();
      this.draw();
    });
  },

  // How far a long import is; what can't be asked now is asked again.
  async watchRun(told) {
    const runs = await getJson(`${this.data.api}/timetables/imports`).catch(() => []);
    const run = runs.find((one) => one.state === "running" && one.started_by === this.data.me.username);
    if (!run) return;
    const done = run.rows_booked + run.rows_known + run.rows_refused;
    fill(told, el("span", { class: "progress" }, el("progress", { max: run.rows_total || 1, value: done }), ` ${this.say("timetable.progress", { done, all: run.rows_total })}`));
  },

  async loadRuns() {
    const isFirst = !this.runs;
    this.runs ??= [];
    this.runs = await getJson(`${this.data.api}/timetables/imports`).catch(() => this.runs);
    if (isFirst && this.runs.length) this.draw();
  },

  runParts() {
    const { say, data, runs } = this;
    if (!runs?.length) return null;
    return el("section", { class: "box", "data-part": "runs" }, el("h3", {}, say("timetable.earlier")),
      el("ul", { class: "lines" }, ...runs.slice(0, 5).map((one) => el("li", { "data-run": one.id }, el("div", {},
        pill(...RUN_GLYPHS[one.state], say(`timetable_state.${one.state}`)), " ",
        say("timetable.run", { at: schoolWords(data.lang, one.started_at, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }), file: one.file_name, term: one.term, booked: one.rows_booked, n: one.bookings }),
        one.rows_known ? say("timetable.run_known", { n: one.rows_known }) : "", one.rows_refused ? say("timetable.run_refused", { n: one.rows_refused }) : "",
        one.state === "stopped" ? el("p", { class: "small doubt" }, say("timetable.run_stopped")) : null)))));
  },

  // What only a person can say: who 张老师 is, which place is meant, what a cell was to say.
  settlingParts(tried) {
    const { say, timetable } = this;
    const { settled } = timetable;
    const box = (kind, name, none) => {
      const words = tried.unknown.filter((one) => one.kind === kind);
      if (!words.length) return null;
      const choices = tried.choices.filter((one) => one.kind === kind).map((one) => [one.value, one.shown]);
      const decided = settled[name];
      return el("fieldset", { class: "settling", "data-settle": kind }, el("legend", {}, say(`timetable.unknown_${kind}`)),
        ...words.map((one) => {
          const value = decided[one.word] ?? (one.suggested && choices.some(([key]) => key === one.suggested) ? one.suggested : null);
          if (value !== null) decided[one.word] = value;
          return el("label", { class: "stacked" }, el("span", {}, el("strong", {}, one.word), ` ${say("timetable.unknown_in", { n: one.lessons, places: one.places.slice(0, 3).join("、") })}`),
            el("select", { "data-focus": `settle-${one.word}`, onchange: (event) => {
              if (event.target.value === "?") delete decided[one.word];
              else decided[one.word] = event.target.value;
            } }, el("option", { value: "?" }, say("timetable.choose")), el("option", { value: "", selected: value === "" }, say(`timetable.${none}`)),
            ...choices.map(([key, shown]) => el("option", { value: key, selected: key === value }, shown))));
        }),
        el("button", { type: "button", class: "plain", "data-focus": `rest-${kind}`, onclick: () => {
          for (const one of words) decided[one.word] ??= "";
          this.draw();
        } }, say(`timetable.all_${none}`)));
    };
    const cells = tried.problems.filter((one) => one.column === "cell");
    return el("div", { class: "settlings" }, box("person", "people", "as_me"), box("thing", "things", "not_ours"),
      cells.length ? el("fieldset", { class: "settling", "data-settle": "cell" }, el("legend", {}, say("timetable.unread")),
        ...cells.map((one) => el("label", { class: "stacked" }, el("span", {}, el("strong", {}, one.cell), ` ${say("timetable.expected")} ${one[this.data.lang === "en" ? "expected_en" : "expected_zh"]}`),
          el("textarea", { rows: 4, "data-focus": `cell-${one.cell}`, maxlength: 1000, onchange: (event) => { settled.cells[one.cell] = event.target.value; } },
            settled.cells[one.cell] ?? one.value)))) : null);
  },

  triedReport(tried) {
    const { say, data } = this;
    const at = (iso) => schoolWords(data.lang, iso, { month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit" });
    const known = tried.rows.filter((one) => one.is_known).length;
    const facts = { term: tried.term, n: tried.bookings, rows: tried.rows.length - known };
    const isDone = !tried.is_dry_run;
    const head = !tried.problems.length ? say(isDone ? "timetable.did" : "timetable.would", facts)
      : `${isDone ? `${say("timetable.did", facts)} ` : ""}${say(isDone ? "timetable.some_refused" : "timetable.has_problems", { n: tried.problems.length })}`;
    const place = (one) => el("span", { class: "muted" }, `${one.place || one.cell || say("school_set.row", { n: one.row })} `);
    const settled = new Set(tried.unknown.map((one) => one.word));
    const others = tried.problems.filter((one) => one.column !== "cell" && !(["holder", "resources"].includes(one.column) && settled.has(one.value)));
    const more = (words, lines) => lines.length ? el("details", {}, el("summary", {}, words), el("ul", { class: "lines" }, ...lines.map((one) => el("li", {}, el("div", {}, one))))) : null;
    return el("div", { "data-part": "report" }, el("p", { class: tried.problems.length ? "refused" : "done" }, head, known ? ` ${say("timetable.known_already", { n: known })}` : ""),
      tried.ignored_columns.length ? el("p", { class: "small muted" }, say("timetable.ignored", { list: tried.ignored_columns.join("、") })) : null,
      others.length ? el("ul", { class: "lines", "data-part": "problems" }, ...others.map((one) => el("li", {}, el("div", {}, place(one), problemWords(data, one))))) : null,
      el("ul", { class: "lines", "data-part": "lessons" }, ...tried.rows.map((one) => el("li", { class: one.is_known ? "over" : null }, el("div", {}, place(one), el("strong", {}, one.title), " ",
        this.lessonWords(one)), el("span", {}, one.is_known ? `✓ ${say("timetable.known")} ` : "", one.first_at ? say("timetable.times", { first: at(one.first_at), n: one.times }) : "",
        !one.is_known && one.not_held ? say("timetable.not_held", { n: one.not_held }) : "")))),
      more(say("timetable.left_out", { n: tried.left_out.length }), tried.left_out.map((one) => [place(one), `${one.title} · ${say(`timetable.why_${one.why}`)}`])),
      more(say("timetable.passed", { n: tried.passed.length }), tried.passed.map((one) => one.text ? [`${one.place} `, el("span", { class: "muted" }, one.text)] : [say("timetable.sheet_passed", { title: one.place })])));
  },

  lessonWords(one) {
    const { say } = this;
    const periods = one.periods.includes(":") ? one.periods : say("timetable.periods", { list: one.periods });
    const things = one.resources.map((key) => key.split("/").slice(1).join("/")).join("、");
    return [say(`weekday_short.${one.weekday}`), periods, say("timetable.in_weeks", { list: one.weeks }), things, one.holder, one.note].filter(Boolean).join(" · ");
  },
};
