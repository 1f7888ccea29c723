// The frozen check beside a later one, row by row, with what both sides say about a row.

const ReviewRows = {
  checks() {
    const { say, looked } = this;
    const { before, after } = looked.found;
    const differs = before.list_version !== after.list_version;
    return el("section", { class: "checks" },
      el("h2", {}, say("review.rows")),
      el("div", { class: "bar" }, this.sidesChoice()),
      differs ? el("p", { class: "notice" }, `! ${say("review.list_differs",
        { before: before.list_version || "—", after: after.list_version || "—" })}`) : null,
      before.is_intact ? null : el("p", { class: "refused" }, `✕ ${say("review.tampered")}`),
      this.cells(),
      this.rowFilter(),
      this.rowTable());
  },

  sidesChoice() {
    const { say, data, page } = this;
    const steps = [...page.history].reverse().map((entry) => [entry.snapshot_sha256, say("review.of_step",
      { at: dayAndTime(data.lang, entry.at), step: say(`review_step.${entry.step}`) })]);
    const pick = (name) => (value) => {
      this[name] = value;
      keepInAddress({ then: this.then, later: this.later });
      this.refresh();
    };
    const then = this.then || page.snapshot_sha256;
    return el("div", { class: "sides" },
      choice(say("review.then"), steps, then, pick("then")),
      choice(say("review.later"), [["", say("review.now_check")], ...steps], this.later, pick("later")));
  },

  cells() {
    const { say, looked } = this;
    const { cells } = looked.found.difference;
    const modules = [...new Set(cells.map((one) => one.module))];
    const levels = [...new Set(cells.map((one) => one.level))];
    const line = (module) => el("tr", {},
      el("th", { scope: "row" }, el("strong", {}, module), el("span", { class: "muted wide-only" },
        ` ${say(`module_short.${module}`)}`)),
      ...levels.map((level) => {
        const one = cells.find((cell) => cell.module === module && cell.level === level);
        return el("td", {}, ...(one ? this.cellParts(one) : []));
      }));
    return el("details", { class: "cells", open: true }, el("summary", {}, say("review.modules")),
      el("table", {},
        el("thead", {}, el("tr", {}, el("th", {}, ""),
          ...levels.map((level) => el("th", { scope: "col" }, say(`level.${level}`))))),
        el("tbody", {}, ...modules.map(line))));
  },

  cellParts(one) {
    const { say } = this;
    const parts = [statusPill(say, one.before)];
    if (one.after !== one.before) {
      parts.push(el("span", { class: "muted", "aria-hidden": "true" }, " → "), statusPill(say, one.after));
    }
    return parts;
  },

  threads() {
    const threads = new Map();
    for (const one of this.page.comments) {
      if (!threads.has(one.row_id)) threads.set(one.row_id, []);
      threads.get(one.row_id).push(one);
    }
    return threads;
  },

  rowFilter() {
    const { say } = this;
    const sorts = this.rowSorts();
    const counts = Object.fromEntries(Object.entries(sorts).map(([name, rows]) => [name, rows.length]));
    const filter = this.filterNow(sorts);
    const options = Object.entries(counts).map(([name, n]) => [name, `${say(`review.filter_${name}`)} ${n}`]);
    const search = el("input", {
      type: "search", placeholder: say("review.search"), "aria-label": say("review.search"),
      value: this.search, "data-focus": "row-search", "data-keep": "1",
      oninput: (event) => {
        this.search = event.target.value;
        this.draw();
      },
    });
    return el("div", { class: "bar" }, segments(say("desk.show"), options, filter, (name) => {
      this.filter = name;
      this.draw();
    }), search);
  },

  rowSorts() {
    const { rows } = this.looked.found.difference;
    const threads = this.threads();
    const isUnmet = (one) => [one.before, one.after].some((check) => check.met < check.asked || check.findings.length);
    return {
      gaps: rows.filter(isUnmet),
      changed: rows.filter((one) => one.is_changed),
      comments: rows.filter((one) => threads.has(one.row_id)),
      all: rows,
    };
  },

  filterNow(sorts) {
    return this.filter || (sorts.gaps.length ? "gaps" : "all");
  },

  rowTable() {
    const { say, data } = this;
    const sorts = this.rowSorts();
    const filter = this.filterNow(sorts);
    const wanted = this.search.trim().toLowerCase();
    const rows = sorts[filter].filter((one) =>
      !wanted || `${one.row_id} ${one.item.zh} ${one.item.en}`.toLowerCase().includes(wanted));
    if (!rows.length) {
      return el("div", { class: "empty" }, el("p", {}, say(
        filter === "gaps" && !wanted ? "review.no_gaps" : "review.no_rows")),
      el("p", {}, say("review.no_rows_hint")));
    }
    const threads = this.threads();
    const later = this.later ? "review.col_later" : "review.col_now";
    const heads = ["review.col_item", "review.col_then", later, "review.col_comments"];
    const lines = rows.map((one) => this.rowLine(one, threads.get(one.row_id) ?? [], later));
    return el("table", { class: `rows lang-${data.lang}` },
      el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, say(head))))),
      el("tbody", {}, ...lines));
  },

  rowLine(one, thread, later) {
    const { say, data } = this;
    const kinds = (check) => [...new Set(check.findings.map((finding) => say(`kind.${finding.kind}`)))].join("、");
    const side = (check, label) => el("td", { "data-label": say(label) }, rowPill(say, check),
      check.findings.length ? el("div", { class: "small muted" }, kinds(check)) : null);
    const name = bilingual(data.lang, one.item) || say("review.whole_list");
    return el("tr", { "data-row": one.row_id || "list", class: one.is_changed ? "changed" : "" },
      el("th", { scope: "row" },
        el("button", { type: "button", class: "link", "data-focus": `row-${one.row_id}`,
          onclick: () => this.openRow(one.row_id) }, name),
        el("span", { class: "muted small" }, ` ${one.row_id}`),
        one.is_changed ? el("span", { class: "chip" }, this.direction(one)) : null),
      side(one.before, "review.col_then"), side(one.after, later),
      el("td", { "data-label": say("review.col_comments") }, this.commentMark(one, thread)));
  },

  direction(one) {
    const worth = (check) => check.findings.reduce((sum, finding) => sum + (finding.is_binding ? 100 : 1), 0);
    const difference = worth(one.after) - worth(one.before);
    return this.say(difference < 0 ? "review.better" : difference > 0 ? "review.worse" : "review.changed");
  },

  commentMark(one, thread) {
    const { say, data } = this;
    if (!one.row_id) return "";
    const words = thread.length ? say("review.comments", { n: thread.length })
      : data.may_act ? say("review.comment_on") : "";
    if (!words) return "";
    const isOpen = thread.length && thread.at(-1).side !== data.side;
    return el("span", {},
      el("button", { type: "button", class: "link", "data-comment-on": one.row_id,
        "data-focus": `comment-${one.row_id}`, onclick: () => this.openRow(one.row_id) }, words),
      isOpen ? el("span", { class: "chip" }, say("review.open_question")) : null);
  },
};

Object.assign(ReviewView.prototype, ReviewRows);
