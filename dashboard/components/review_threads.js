// One row at the right: what both checks found, and what is said about it; and the equipment's changes.

const ReviewThreads = {
  openRow(rowId) {
    this.shown = { row: rowId, reply: null, draft: "" };
    this.panel.dialog.classList.remove("wide");
    this.showRow(rowId, { isAsked: true });
  },

  showRow(rowId, { isAsked = false } = {}) {
    const { say, data, looked } = this;
    const focused = this.panel.dialog.getRootNode().activeElement;
    // whoever writes is not disturbed by what happens elsewhere
    if (!isAsked && this.panel.isOpen && focused?.matches?.("dialog textarea")) return;
    const condition = looked.found.difference.conditions.find((one) => one.condition_id === rowId);
    if (condition) {
      this.showCondition(condition);
      return;
    }
    const row = looked.found.difference.rows.find((one) => one.row_id === rowId);
    if (!row) return;
    const later = this.later ? "review.col_later" : "review.col_now";
    const name = bilingual(data.lang, row.item) || say("review.whole_list");
    const note = el("p", { class: "muted small" }, row.row_id ? say("finding.row", { id: row.row_id }) : "");
    this.panel.show(say, name, note,
      this.checkOfRow(say("review.col_then"), row.before), this.checkOfRow(say(later), row.after),
      row.row_id ? this.thread(row) : null);
  },

  checkOfRow(title, check) {
    const { say, data } = this;
    const found = check.findings.map((one) => el("li", { class: one.is_binding ? "binding" : "" },
      el("div", { class: "small" },
        el("strong", { class: "force" }, say(one.is_binding ? "finding.binding" : "finding.advice")),
        ` ${say(`kind.${one.kind}`)}`),
      el("p", {}, bilingual(data.lang, one.reason)),
      el("p", { class: "remedy" }, `→ ${bilingual(data.lang, one.remedy)}`),
      el("p", { class: "muted small" }, say("review.places", { list: this.placesText(one.places) }))));
    return el("section", {}, el("h3", {}, `${title} `, rowPill(say, check)),
      found.length ? el("ul", { class: "found" }, ...found)
        : el("p", { class: "muted" }, say("review.findings_none")));
  },

  placesText(places) {
    return places.map((place) => {
      const [module, level] = place.split(" ");
      return `${module} ${this.say(`level.${level}`)}`;
    }).join("、");
  },

  thread(row) {
    const { say, data } = this;
    const said = this.threads().get(row.row_id) ?? [];
    const top = said.filter((one) => !said.some((other) => other.id === one.reply_to));
    const replies = (id) => said.filter((one) => one.reply_to === id);
    const words = (one) => el("li", { class: `said by-${one.side}`, "data-comment": one.id },
      el("p", { class: "small muted" },
        `${say(`side.${one.side}`)} ${one.who} · ${dayAndTime(data.lang, one.at)}`),
      el("p", { class: "text" }, one.text),
      data.may_act ? el("button", { type: "button", class: "link", "data-reply": one.id, onclick: () => {
        this.shown.reply = one;
        this.showRow(row.row_id, { isAsked: true });
        this.panel.inside.querySelector("textarea")?.focus();
      } }, say("review.reply")) : null,
      replies(one.id).length ? el("ul", {}, ...replies(one.id).map(words)) : null);
    return el("section", { class: "thread" },
      el("h3", {}, say("review.thread")),
      said.length ? el("ul", {}, ...top.map(words)) : el("p", { class: "muted" }, say("review.thread_none")),
      data.may_act ? this.commentForm(row) : null);
  },

  commentForm(row) {
    const { say, shown } = this;
    const { reply } = shown;
    const label = reply ? say("review.reply_label", { who: reply.who }) : say("review.comment_label");
    const words = el("textarea", { maxlength: 2000, "aria-label": label, "data-field": "comment",
      oninput: () => { shown.draft = words.value; } }, shown.draft);
    const said = el("p", { role: "alert", class: "refused" });
    const button = el("button", { type: "submit", class: "main" }, say("review.send"));
    const onsubmit = (event) => {
      event.preventDefault();
      this.sendComment(row, { words, said, button });
    };
    return el("form", { class: "form", onsubmit },
      el("label", { class: "stacked" }, label, words),
      said,
      el("div", { class: "rowed" }, button, reply ? el("button", { type: "button", class: "plain",
        onclick: () => {
          shown.reply = null;
          this.showRow(row.row_id, { isAsked: true });
        } }, say("review.no_reply")) : null));
  },

  async sendComment(row, { words, said, button }) {
    const { data, page, shown } = this;
    const text = words.value.trim();
    if (!text) {
      words.focus();
      return;
    }
    button.disabled = true;
    try {
      const order = { row_id: row.row_id, text, reply_to: shown.reply?.id ?? null };
      this.page = await send("POST", `${data.api}/reviews/${page.id}/comments`, order);
      Object.assign(shown, { reply: null, draft: "" });
      words.blur();
      this.draw();
    } catch (error) {
      said.textContent = problemText(this.say, data.lang, error);
      button.disabled = false;
    }
  },

  changes() {
    const { say, looked } = this;
    const { equipment } = looked.found.difference;
    if (!equipment.length) return el("p", { class: "muted" }, say("review.equipment_none"));
    const what = (one) => {
      if (!one.is_there_before) return `＋ ${say("review.thing_came")}`;
      if (!one.is_there_after) return `－ ${say("review.thing_went")}`;
      const names = one.fields.map((name) => (this.data.texts[`equipment_field.${name}`] ?? name));
      return `✎ ${say("review.thing_changed", { fields: names.join("、") })}`;
    };
    return el("details", { class: "equipment", "data-changes": equipment.length },
      el("summary", {}, say("review.equipment", { n: equipment.length })),
      el("ul", {}, ...equipment.map((one) => el("li", {},
        el("strong", {}, one.asset_number), ` ${one.item_zh} `, el("span", { class: "muted" }, what(one))))));
  },
};

Object.assign(ReviewView.prototype, ReviewThreads);
