// What a version of a list changed since another one; pairs that are none can be parted.

const ChangeParts = {
  others() {
    return this.lists.filter((one) => one.version !== this.choice.list);
  },

  async loadChanges(list) {
    const others = this.others();
    if (!others.length) return;
    if (!others.some((one) => one.version === this.since)) {
      this.since = others[0].version;
      this.parted = [];
    }
    const query = new URLSearchParams({ since: this.since });
    for (const id of this.parted ?? []) query.append("pair", `${id}:`);
    const { since } = this;
    const changes = await getJson(`${this.path}/changes?${query}`);
    if (list === this.choice.list && since === this.since) this.changes = changes;
  },

  compareWith(version) {
    Object.assign(this, { since: version, parted: [], changes: null });
    this.fetchTab();
    this.draw();
  },

  changesTab() {
    const { say, changes } = this;
    const others = this.others();
    if (!others.length) return el("div", { class: "empty" }, el("p", {}, say("changes.no_other")));
    const picker = el("div", { class: "bar" }, choice(say("changes.since"),
      others.map((one) => [one.version, one.version]), this.since, (version) => this.compareWith(version)));
    if (!changes) return el("div", {}, picker, this.tabTrouble ? null : skeleton(6));
    const isNothing = !changes.added.length && !changes.removed.length && !changes.changed.length;
    return el("div", { class: "changes" }, picker,
      el("p", { class: "counts" }, ...[["added", "＋"], ["removed", "－"], ["changed", "≠"]].map(([name, glyph]) =>
        el("span", {}, `${glyph} ${say(`changes.${name}`, { n: changes[name].length })}`)),
      el("span", { class: "muted" }, `＝ ${say("changes.unchanged", { n: changes.unchanged })}`)),
      isNothing ? el("div", { class: "empty" }, el("p", {}, say("changes.none"))) : null,
      this.only("added", "＋"), this.only("removed", "－"),
      changes.changed.length ? el("section", {}, el("h3", {}, `≠ ${say("changes.changed", { n: changes.changed.length })}`),
        ...changes.changed.map((one) => this.changedRow(one))) : null);
  },

  only(name, glyph) {
    const { say, changes } = this;
    if (!changes[name].length) return null;
    return el("section", { class: `only ${name}` }, el("h3", {}, `${glyph} ${say(`changes.${name}`, { n: changes[name].length })}`),
      el("ul", {}, ...changes[name].map((one) => el("li", { "data-row": one.row_id },
        el("strong", {}, one.item_zh), el("span", { class: "small muted" }, ` ${one.row_id} · ${one.module_code} `),
        name === "removed" && this.parted.includes(one.row_id) ? el("button", { type: "button", class: "plain",
          onclick: () => this.part(this.parted.filter((id) => id !== one.row_id)) }, say("changes.rejoin")) : null))));
  },

  part(ids) {
    Object.assign(this, { parted: ids, changes: null });
    this.fetchTab();
    this.draw();
  },

  changedRow(one) {
    const { say, data } = this;
    const ids = one.old_row_id === one.row_id ? one.row_id : `${one.old_row_id} → ${one.row_id}`;
    const fields = one.fields.filter((field) => field.column in data.columns);
    return el("article", { class: "box change", "data-row": one.row_id },
      el("header", {}, el("strong", {}, one.item_zh), el("span", { class: "small muted" }, ids),
        el("span", { class: "chip" }, say(`match.${one.match}`)),
        one.match === "row_id" || one.match === "person" ? null : el("button", { type: "button", class: "plain",
          "data-focus": `part-${one.old_row_id}`, onclick: () => this.part([...this.parted, one.old_row_id]) },
        say("changes.part"))),
      el("dl", { class: "facts" }, ...fields.flatMap((field) => [
        el("dt", {}, data.columns[field.column]),
        el("dd", {}, el("del", {}, field.old || "—"), " → ", el("ins", {}, field.new || "—"))])),
      ...one.clauses_removed.map((clause) => el("p", { class: "small" }, el("del", {}, `－ ${clause}`))),
      ...one.clauses_added.map((clause) => el("p", { class: "small" }, el("ins", {}, `＋ ${clause}`))));
  },
};

Object.assign(ListsView.prototype, ChangeParts);
