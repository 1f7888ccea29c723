// Rectifications as a board by state; one opens at the right with its history and what may be done.

const COLUMNS = [
  ["todo", ["open", "returned"]],
  ["doing", ["in_progress"]],
  ["judge", ["submitted"]],
  ["done", ["accepted", "closed"]],
];
const FINISHED_SHOWN = 40;
const TASK_FILTERS = { station: "", whose: "", text: "" };
const DAY_MS = 86_400_000;

class TasksView extends WorkView {
  constructor(root) {
    super(root);
    this.filters = { ...TASK_FILTERS };
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    for (const name of Object.keys(TASK_FILTERS)) if (asked[name]) this.filters[name] = asked[name];
    if (asked.task) this.open(Number(asked.task));
  }

  async load() {
    const path = `${this.data.api}/rectifications`;
    const [open, done] = await Promise.all([
      allPages(`${path}?unfinished=true`),
      getJson(`${path}?unfinished=false&limit=${FINISHED_SHOWN}`),
    ]);
    return () => {
      this.tasks = [...open, ...done.items];
      this.finished = done.total;
      if (this.panel.isOpen && this.id) this.look();
    };
  }

  set(values) {
    Object.assign(this.filters, values);
    this.draw();
  }

  address() {
    return { ...this.filters, task: this.id ? String(this.id) : "" };
  }

  wanted() {
    const { station, whose, text } = this.filters;
    const sought = text.trim().toLowerCase();
    return this.tasks.filter((one) => {
      if (station && one.station_code !== station) return false;
      if (whose === "mine" && one.owner !== this.data.me.username) return false;
      if (whose === "nobody" && one.owner) return false;
      if (whose === "overdue" && !one.is_overdue) return false;
      const item = one.finding.item ?? {};
      return !sought || `${one.row_id} ${item.zh} ${item.en} ${one.owner ?? ""}`.toLowerCase().includes(sought);
    });
  }

  render() {
    const { say, data } = this;
    if (!this.tasks.length) {
      fill(this.body, el("div", { class: "empty" }, el("p", {}, say("task.none")),
        el("p", {}, say("task.none_hint")),
        innerLink(this.component, "gaps", data.keep, say("task.to_gaps"))));
      return;
    }
    const found = this.wanted();
    fill(this.body, this.filterBar(),
      found.length ? this.board(found) : el("div", { class: "empty" }, el("p", {}, say("task.none_of_filter")),
        el("button", { type: "button", class: "plain", "data-focus": "reset",
          onclick: () => this.set({ ...TASK_FILTERS }) }, say("gaps.reset"))));
  }

  filterBar() {
    const { say, data, filters } = this;
    const overdue = this.tasks.filter((one) => one.is_overdue).length;
    const whose = ["", "mine", "nobody", "overdue"].map((one) =>
      [one, one === "overdue" ? say("task.whose_overdue", { n: overdue }) : say(`task.whose_${one || "all"}`)]);
    return el("div", { class: "bar" },
      segments(say("task.whose"), whose, filters.whose, (picked) => this.set({ whose: picked })),
      data.stations.length > 1
        ? choice(say("stations.station"), [["", say("gaps.all")], ...data.stations.map((one) =>
          [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`])], filters.station,
        (station) => this.set({ station })) : null,
      el("input", {
        type: "search", placeholder: say("task.search"), "aria-label": say("task.search"),
        value: filters.text, "data-focus": "search",
        oninput: (event) => this.set({ text: event.target.value }),
      }));
  }

  board(found) {
    const { say } = this;
    return el("div", { class: "board" }, ...COLUMNS.map(([name, states]) => {
      const its = found.filter((one) => states.includes(one.state));
      return el("section", { "data-column": name },
        el("h3", {}, say(`task.column_${name}`), el("span", { class: "muted count" },
          name === "done" && this.finished > FINISHED_SHOWN ? `${its.length} / ${this.finished}` : its.length)),
        ...(its.length ? its.map((one) => this.card(one))
          : [el("p", { class: "muted small" }, say("task.column_empty"))]));
    }));
  }

  dueMark(one) {
    const { say } = this;
    if (!one.due_on) return el("span", { class: "muted" }, say("task.no_due"));
    if (!one.is_overdue) return el("span", {}, say("task.due_is", { day: one.due_on }));
    const late = Math.max(1, Math.floor((Date.now() - Date.parse(one.due_on)) / DAY_MS));
    return el("span", { class: "late" }, `! ${say("task.overdue", { day: one.due_on, n: late })}`);
  }

  stateMark(one) {
    const kinds = { open: "open", in_progress: "doing", submitted: "judge", returned: "back",
      accepted: "good", closed: "good" };
    const glyphs = { open: "○", in_progress: "▶", submitted: "◎", returned: "↩", accepted: "✓", closed: "✓" };
    return el("span", { class: `chip t-${kinds[one.state]}` },
      `${glyphs[one.state]} ${this.say(`task_state.${one.state}`)}`);
  }

  card(one) {
    const { say, data } = this;
    const { finding } = one;
    return el("button", {
      type: "button", class: `card ${one.is_overdue ? "overdue" : ""}`, "data-task": one.id,
      "data-focus": `task-${one.id}`, onclick: () => this.open(one.id),
    },
    el("span", { class: "top" }, this.stateMark(one),
      finding.is_binding === false ? el("span", { class: "chip" }, say("finding.advice")) : null,
      one.times > 1 ? el("span", { class: "chip" }, say("task.times", { n: one.times })) : null),
    el("strong", {}, bilingual(data.lang, finding.item) || say("finding.whole_list")),
    el("span", { class: "small" }, `${say(`kind.${one.kind}`)} · ${one.station_code} · ${one.row_id}`),
    el("span", { class: "small foot" }, el("span", {}, one.owner ?? say("task.nobody")), this.dueMark(one)));
  }

  closed() {
    const id = this.id;
    this.id = null;
    keepInAddress(this.address());
    this.body.querySelector(`[data-task="${id}"]`)?.focus();
  }
}

export default function (component) {
  return mounted(component, TasksView);
}
