// The week of every rig: on a wide screen a row each, on a phone the rigs of one day below each other.

const RIGS_SHOWN = 60;
const NARROW = "(max-width: 760px)";

const WeekGridParts = {
  weekBar() {
    const { say, data, filters } = this;
    const go = (days) => this.see({ week: days === null ? "" : dayAfter(this.monday, days) });
    const button = (word, days, glyph = null) => el("button", { type: "button", class: "plain",
      "aria-label": word, "data-focus": `go-${days}`, onclick: () => go(days) }, glyph ?? word);
    const sunday = dayAfter(this.monday, WEEK_DAYS - 1);
    const term = this.shape.days.find((one) => one.term);
    return el("div", { class: "bar" },
      button(say("booking.previous"), -WEEK_DAYS, "‹"), button(say("booking.this_week"), null),
      button(say("booking.next"), WEEK_DAYS, "›"),
      el("strong", { class: "week" }, say("booking.week_of", { from: this.monday, to: sunday.slice(5) })),
      el("span", { class: "muted small" }, term
        ? say("booking.week_in_term", { term: term.term, n: term.week }) : say("booking.holidays")),
      data.stations.length > 1
        ? choice(say("stations.station"), [["", say("gaps.all")], ...data.stations.map((one) =>
          [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`])], filters.station,
        (station) => this.see({ station })) : null,
      el("input", { type: "search", placeholder: say("booking.sought"), "aria-label": say("booking.sought"),
        value: filters.text, "data-focus": "search", oninput: (event) => this.set({ text: event.target.value }) }));
  },

  legend() {
    const { say } = this;
    const purposes = ["class", "exam", "maintenance", "open_sharing"].map((one) =>
      el("span", {}, el("span", { class: `key p-${one}` }, say(`purpose_glyph.${one}`)), say(`purpose.${one}`)));
    return el("p", { class: "legend small" }, ...purposes,
      el("span", {}, el("span", { class: "key tentative" }, "?"),
        `${say("booking_state.held")} / ${say("booking_state.requested")}`),
      el("span", {}, el("span", { class: "key mine" }, "★"), say("booking.mine")),
      el("span", {}, el("span", { class: "key free" }, ""), say("booking.free")),
      el("span", {}, el("span", { class: "key nowmark" }, ""), say("booking.now")));
  },

  rigsWanted() {
    const sought = this.filters.text.trim().toLowerCase();
    return this.week.rigs.filter((one) =>
      !sought || `${one.resource_key} ${one.name_zh} ${one.name_en}`.toLowerCase().includes(sought));
  },

  weekParts() {
    const { say } = this;
    const rigs = this.rigsWanted();
    if (!rigs.length) {
      return [this.weekBar(), el("div", { class: "empty" },
        el("p", {}, say("booking.no_rigs")), el("p", {}, say("booking.no_rigs_hint")))];
    }
    const shown = this.showsAll ? rigs : rigs.slice(0, RIGS_SHOWN);
    const drawn = window.matchMedia(NARROW).matches ? this.dayList(shown) : this.weekTable(shown);
    return [this.weekBar(), this.legend(), drawn,
      shown.length < rigs.length ? el("button", { type: "button", class: "plain", "data-focus": "all",
        onclick: () => { this.showsAll = true; this.draw(); } }, say("booking.show_all", { n: rigs.length })) : null];
  },

  dayWords(day) {
    const options = { month: "numeric", day: "numeric", weekday: "short" };
    return schoolWords(this.data.lang, this.shape.midnight(day), options);
  },

  today() {
    const day = Math.floor((Date.now() - this.shape.start) / (DAY_MINUTES * MINUTE_MS));
    return day >= 0 && day < WEEK_DAYS ? day : null;
  },

  weekTable(rigs) {
    const { say, shape } = this;
    const today = this.today();
    const days = shape.days.map((one, day) => el("div", { role: "columnheader", class: day === today ? "day today" : "day" },
      el("span", {}, this.dayWords(day)),
      el("span", { class: "small muted" }, (this.data.lang === "en" && one.name_en) || one.name || ""),
      el("span", { class: "pairs small muted", "aria-hidden": "true" }, ...shape.pairs.map((pair) => el("span", {}, pair.name)))));
    const rows = rigs.map((rig) => el("div", { class: "row", role: "row" }, this.rigHead(rig),
      ...shape.days.map((_, day) => this.dayCell(rig, day, day === today))));
    return el("div", { class: "scroll" }, el("div", { class: "week-table", role: "table", style: `--pairs: ${shape.pairs.length}` },
      el("div", { class: "row head", role: "row" }, el("div", { role: "columnheader" }, say("booking.rig")), ...days), ...rows));
  },

  rigName(rig) {
    const { lang } = this.data;
    const [kind, rest] = [rig.resource_key.split(":")[0], rig.resource_key.split("/").slice(1).join("/")];
    return { code: rest, name: inLanguage(lang, rig, "name") || this.names?.get(rig.resource_key) || (kind === "bench" ? "" : this.say(`booking.kind_${kind}`)) };
  },

  rigState(rig) {
    const { say } = this;
    const bench = this.benches.get(rig.resource_key);
    if (!bench || bench.is_working === null) return null;
    const mark = (kind, glyph, words) => el("span", { class: `state s-${kind}`, title: words },
      el("span", { "aria-hidden": "true" }, glyph), ` ${words}`);
    if (bench.work_order) return mark("not", "✕", say("booking.under_repair"));
    if (bench.open_faults && !bench.is_working) return mark("not", "✕", say("booking.faulty", { n: bench.open_faults }));
    if (!bench.is_working) return mark("off", "○", say(bench.liveness === "online" ? "booking.not_working" : "booking.offline"));
    return bench.is_in_use ? mark("use", "▶", say("booking.in_use")) : mark("ready", "✓", say("booking.in_order"));
  },

  rigHead(rig) {
    const { code, name } = this.rigName(rig);
    return el("div", { class: "rig", role: "rowheader", title: `${code} ${name}` },
      el("span", { class: "named" }, el("strong", {}, code), ` ${name}`), this.rigState(rig));
  },

  dayCell(rig, day, isToday) {
    const { shape } = this;
    const count = shape.pairs.length;
    const key = rig.resource_key;
    const now = Date.now();
    const isClosed = !shape.days[day].open.length;
    const free = shape.pairs.map((_, at) => (this.mayBook(rig) && shape.isFree(key, day, at, now)
      ? this.freeSlot(rig, day, at) : el("span", {})));
    const bars = shape.events(key, day).map((one) => {
      const { left, width } = shape.bar(one, day);
      return this.eventBar(one, `left: ${(left / count) * 100}%; width: ${(width / count) * 100}%`);
    });
    const minute = (now - shape.midnight(day)) / MINUTE_MS;
    const mark = isToday ? el("span", { class: "nowline",
      style: `left: ${(placeOf(shape.pairs, minute) / count) * 100}%` }) : null;
    return el("div", { class: `cell ${isClosed ? "closed" : ""}`, role: "cell" }, ...free, ...bars, mark);
  },

  mayBook(rig) {
    return this.data.may_book && rig.resource_key.split(":")[1].startsWith(`${this.data.me.organisation}/`);
  },

  freeSlot(rig, day, at, words = null) {
    const { say, shape } = this;
    const pair = shape.pairs[at];
    const label = say("booking.free_slot", { rig: this.rigName(rig).code, day: this.dayWords(day), lessons: pair.name });
    return el("button", { type: "button", class: "free", "aria-label": label, title: label,
      "data-slot": `${rig.resource_key} ${day} ${at}`, "data-focus": `${rig.resource_key}-${day}-${at}`,
      onclick: () => this.askFor({ keys: [rig.resource_key], ...this.clocks(shape.slot(day, at)) }) }, words);
  },

  clocks(slot) {
    return { day: schoolDay(slot.start), from: schoolClock(slot.start), to: schoolClock(slot.end) };
  },

  isMine(event) {
    return event.holder === this.data.me.username;
  },

  eventWords(event) {
    const { say } = this;
    return [say(`purpose.${event.purpose}`), event.title || event.holder, event.title ? event.holder : "",
      say(`booking_state.${event.state}`), spanWords(this.data.lang, event.start_at, event.end_at)].filter(Boolean).join(" · ");
  },

  eventBar(event, style = null) {
    const { say } = this;
    const isSure = event.state === "booked";
    const isOver = Date.parse(event.end_at) < Date.now();
    const kinds = [`p-${event.purpose}`, isSure ? "" : "tentative", this.isMine(event) ? "mine" : "", isOver ? "over" : ""];
    const signs = `${this.isMine(event) ? "★" : ""}${isSure ? "" : "?"}${event.checked_in_at ? "✓" : ""}`;
    return el("button", { type: "button", class: `event ${kinds.filter(Boolean).join(" ")}`, style,
      title: this.eventWords(event), "aria-label": this.eventWords(event), "data-booking": event.booking_id,
      "data-focus": `booking-${event.booking_id}`, onclick: () => this.open(event.booking_id) },
    `${signs}${say(`purpose_glyph.${event.purpose}`)} ${event.title || event.holder}`);
  },

  dayList(rigs) {
    const { shape, filters } = this;
    const chosen = filters.day === "" ? this.today() ?? 0 : Number(filters.day);
    const days = shape.days.map((_, day) => [String(day), this.dayWords(day)]);
    const now = Date.now();
    return el("div", {}, el("div", { class: "days" }, segments(this.say("booking.day"), days, String(chosen), (day) => this.set({ day }))),
      ...rigs.map((rig) => {
        const { code, name } = this.rigName(rig);
        const events = shape.events(rig.resource_key, chosen);
        const free = shape.pairs.map((pair, at) => ({ pair, at })).filter(({ at }) =>
          this.mayBook(rig) && shape.isFree(rig.resource_key, chosen, at, now));
        return el("section", { class: "box rig-day", "data-rig": rig.resource_key },
          el("h3", {}, `${code} ${name}`, " ", this.rigState(rig)),
          ...events.map((one) => el("div", { class: "line" },
            el("span", { class: "small" }, `${schoolClock(one.start_at)}–${schoolClock(one.end_at)}`), this.eventBar(one))),
          free.length ? el("div", { class: "frees" }, ...free.map(({ pair, at }) => this.freeSlot(rig, chosen, at,
            `＋ ${this.say("booking.lessons", { n: pair.name })}`)))
            : events.length ? null : el("p", { class: "muted small" }, this.say("booking.closed")));
      }));
  },
};
