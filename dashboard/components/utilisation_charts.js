// Pictures of use: the hours of the week, booked against used over time, and the ranking. Every one
// has its figures in words, colour only helps.

const HOUR_S = 3600;
const DARKEST = 0.6;

function percent(share) {
  const n = share * 100;
  return `${n > 0 && n < 10 ? n.toFixed(1) : Math.round(n)}%`;
}

function hoursOf(seconds) {
  const n = seconds / HOUR_S;
  return n >= 100 || Number.isInteger(n) ? Math.round(n) : n.toFixed(1);
}

const UseChartParts = {
  heatBox() {
    const { say, filters, hours } = this;
    const box = (...parts) => el("section", { class: "box", "data-part": "heat" },
      el("header", {}, el("h3", {}, say("use_rate.heat")),
        segments(say("use_rate.heat_of"), ["used", "booked"].map((one) => [one, say(`use_rate.heat_${one}`)]), filters.heat,
          (heat) => { filters.heat = heat; this.draw(); })), ...parts);
    const open = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) => hours.available_s.some((day) => day[hour] > 0));
    if (!open.length) return box(el("p", { class: "muted" }, say("use_rate.heat_none")));
    const rows = Array.from({ length: open.at(-1) - open[0] + 1 }, (_, n) => open[0] + n);
    const days = Array.from({ length: 7 }, (_, day) => day);
    return box(el("table", { class: "heat" },
      el("thead", {}, el("tr", {}, el("td", {}), ...days.map((day) => el("th", { scope: "col" }, say(`weekday_short.${day}`))))),
      el("tbody", {}, ...rows.map((hour) => el("tr", {}, el("th", { scope: "row" }, `${String(hour).padStart(2, "0")}:00`),
        ...days.map((day) => this.heatCell(day, hour)))))),
    el("p", { class: "small muted" }, say("use_rate.heat_hint")));
  },

  heatCell(day, hour) {
    const { say, hours, filters } = this;
    const available = hours.available_s[day][hour];
    if (!available) return el("td", {});
    const share = (filters.heat === "booked" ? hours.booked_s : hours.used_s)[day][hour] / available;
    return el("td", {
      style: `background: rgb(11 92 173 / ${(share * DARKEST).toFixed(3)})`,
      title: say("use_rate.heat_cell", { day: say(`weekday_short.${day}`), hour: `${hour}:00`, available: this.inHours(available),
        booked: this.inHours(hours.booked_s[day][hour]), used: this.inHours(hours.used_s[day][hour]) }),
    }, share ? Math.round(share * 100) || "<1" : "0");
  },

  trendBox() {
    const { say, trend } = this;
    const most = Math.max(...trend.rows.map((one) => Math.max(one.figures.available_s, one.figures.booked_available_s, 1)));
    if (!trend.rows.some((one) => one.figures.available_s || one.figures.booked_available_s)) {
      return el("section", { class: "box", "data-part": "trend" }, el("header", {}, el("h3", {}, say("use_rate.trend"))),
        el("p", { class: "muted" }, say("use_rate.heat_none")));
    }
    const key = (name) => el("span", {}, el("span", { class: `swatch b-${name}`, "aria-hidden": "true" }), say(`use_rate.key_${name}`));
    return el("section", { class: "box", "data-part": "trend" },
      el("header", {}, el("h3", {}, say("use_rate.trend")),
        el("p", { class: "small legend" }, key("available"), key("booked"), key("used"))),
      el("ol", { class: "trend" }, ...trend.rows.map((one) => this.trendBar(one, most))));
  },

  trendBar({ first, figures }, most) {
    const { say, data } = this;
    const period = schoolWords(data.lang, `${first}T00:00:00+08:00`, { month: "numeric", day: "numeric" });
    const bar = (name, seconds) => el("span", { class: `b-${name}`, style: `height: ${(100 * seconds / most).toFixed(1)}%` });
    const words = say("use_rate.trend_bar", { period, available: this.inHours(figures.available_s),
      booked: this.inHours(figures.booked_available_s), used: this.inHours(figures.used_available_s) });
    return el("li", { title: words }, el("span", { class: "small" }, this.rate(figures.utilisation)),
      el("span", { class: "bars", role: "img", "aria-label": words }, bar("available", figures.available_s),
        bar("booked", figures.booked_available_s), bar("used", figures.used_available_s)),
      el("span", { class: "small muted" }, period));
  },

  rankingBox() {
    const { say, report } = this;
    const most = Math.max(...report.rows.map((one) => one.figures.available_s), 1);
    const head = (name, kind = "figure") => el("th", { scope: "col", class: kind }, say(`use_rate.${name}`));
    return el("section", { class: "box", "data-part": "ranking" }, el("h3", {}, say("use_rate.ranking")),
      el("table", { class: "ranking" },
        el("thead", {}, el("tr", {}, head("name", ""), head("trend", "bars-cell"), head("occupancy"), head("utilisation"),
          head("effective", "figure wide"), head("no_shows", "figure wide"), head("unbooked", "figure wide"),
          head("outside", "figure wide"), head("coverage", "figure wide"),
          report.money ? el("th", { scope: "col", class: "figure wide" }, say("income.return_rate")) : null)),
        el("tbody", {}, ...report.rows.map((one) => this.rankingRow(one, most)))));
  },

  rankingRow(row, most) {
    const { figures: f } = row;
    const { say, report } = this;
    const bar = (name, seconds) => el("span", { class: `b-${name}`, style: `width: ${Math.min(100, 100 * seconds / most).toFixed(1)}%` });
    const figure = (words, kind = "figure") => el("td", { class: kind }, words);
    return el("tr", { "data-row": row.group }, el("th", { scope: "row" }, this.rowName(row)),
      el("td", { class: "bars-cell" }, el("span", { class: "lying", "aria-hidden": "true" },
        bar("available", f.available_s), bar("booked", f.booked_available_s), bar("used", f.used_available_s))),
      figure(this.rate(f.occupancy)), figure(this.rate(f.utilisation)), figure(this.inHours(f.effective_s), "figure wide"),
      figure(say("use_rate.times", { n: f.no_shows }), "figure wide"), figure(this.inHours(f.unbooked_used_s), "figure wide"),
      figure(this.inHours(f.outside_used_s), "figure wide"), figure(this.rate(f.coverage), "figure wide"),
      report.money ? figure(this.returnWords(row.money), "figure wide") : null);
  },

  rowName(row) {
    const { say, data, filters } = this;
    const known = filters.by === "module" ? say(`module_short.${row.group}`) : inLanguage(data.lang, row, "name");
    if (!row.group) return say("use_rate.no_group");
    const words = known && known !== row.group ? `${row.group} ${known}` : row.group;
    const ways = {
      bench: ["open_bench", () => this.openBench(row.group)],
      station: ["open_station", () => this.set({ station: row.group, by: "bench" })],
    };
    if (!ways[filters.by]) return words;
    const [hint, go] = ways[filters.by];
    return el("button", { type: "button", class: "name", title: say(`use_rate.${hint}`, { name: words }),
      "data-focus": `row-${row.group}`, onclick: go }, words);
  },
};
