// The conditions beyond equipment in both checks, and what both sides say about one of them.

const CONDITION_MARKS = { met: ["ready", "✓"], unknown: ["unknown", "?"], not_met: ["not", "✕"] };

const ReviewConditions = {
  conditions() {
    const { say, data, looked, search } = this;
    const { conditions } = looked.found.difference;
    if (!conditions.length) return el("p", { class: "muted" }, say("review.conditions_none"));
    const threads = this.threads();
    const isOpen = (one) => [one.before, one.after].some((seen) => seen && seen.outcome !== "met");
    const kept = {
      gaps: isOpen, changed: (one) => one.is_changed, all: () => true,
      comments: (one) => threads.has(one.condition_id),
    }[this.filterNow(this.rowSorts())];
    const wanted = search.trim().toLowerCase();
    const shown = conditions.filter((one) => kept(one)
      && (!wanted || `${one.condition_id} ${one.text.zh} ${one.text.en}`.toLowerCase().includes(wanted)));
    const met = conditions.filter((one) => !isOpen(one)).length;
    const later = this.later ? "review.col_later" : "review.col_now";
    const heads = ["review.col_condition", "review.col_then", later, "review.col_comments"];
    return el("section", { class: "checks", "data-part": "conditions" },
      el("h2", {}, say("review.conditions", { met, all: conditions.length })),
      shown.length ? el("table", { class: `rows lang-${data.lang}` },
        el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, say(head))))),
        el("tbody", {}, ...shown.map((one) => this.conditionLine(one, threads.get(one.condition_id) ?? [], later))))
        : el("p", { class: "muted" }, say("review.no_condition")));
  },

  conditionLine(one, thread, later) {
    const { say, data } = this;
    const side = (seen, label) => el("td", { "data-label": say(label) }, this.outcomePill(seen));
    return el("tr", { "data-condition": one.condition_id, class: one.is_changed ? "changed" : "" },
      el("th", { scope: "row" },
        el("button", { type: "button", class: "link", "data-focus": `row-${one.condition_id}`,
          onclick: () => this.openRow(one.condition_id) }, bilingual(data.lang, one.text)),
        el("span", { class: "muted small" }, ` ${one.condition_id}`),
        one.is_binding ? el("span", { class: "chip" }, say("conditions.is_binding")) : null),
      side(one.before, "review.col_then"), side(one.after, later),
      el("td", { "data-label": say("review.col_comments") },
        this.commentMark({ row_id: one.condition_id }, thread)));
  },

  outcomePill(seen) {
    if (!seen) return el("span", { class: "muted" }, this.say("review.not_asked"));
    const [kind, glyph] = CONDITION_MARKS[seen.outcome];
    return pill(kind, glyph, this.say(`condition_outcome.${seen.outcome}`));
  },

  showCondition(one) {
    const { say, data } = this;
    const side = (title, seen) => el("section", {}, el("h3", {}, `${title} `, this.outcomePill(seen)),
      seen ? el("p", {}, `${say(`condition_basis.${seen.basis}`)} · ${bilingual(data.lang, seen.found)}`) : null,
      seen && seen.outcome !== "met" ? el("p", { class: "remedy" }, `→ ${bilingual(data.lang, seen.remedy)}`) : null);
    this.panel.show(say, bilingual(data.lang, one.text),
      el("p", { class: "muted small" }, `${one.condition_id} · ${bilingual(data.lang, one.required)}`),
      side(say("review.col_then"), one.before),
      side(say(this.later ? "review.col_later" : "review.col_now"), one.after),
      this.thread({ row_id: one.condition_id }));
  },

  frozenConditions(told) {
    const { say, data } = this;
    if (!told?.conditions.length) return el("p", { class: "muted" }, say("review.conditions_none"));
    const rows = told.conditions.map((one) => el("tr", {},
      el("td", {}, this.outcomePill(one)), el("th", { scope: "row" }, bilingual(data.lang, one.text)),
      el("td", {}, bilingual(data.lang, one.found))));
    return el("details", { "data-part": "frozen-conditions" },
      el("summary", {}, say("review.conditions", { met: told.met, all: told.conditions.length })),
      el("div", { class: "scroll" }, el("table", { class: "plain-table" }, el("tbody", {}, ...rows))));
  },
};

Object.assign(ReviewView.prototype, ReviewConditions);
