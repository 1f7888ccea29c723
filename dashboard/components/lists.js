// Versions of requirement lists: which there are, their rows, what waits for a person, what changed.

const LIST_ASKED = { list: "", tab: "rows" };
const ROWS_AT_ONCE = 100;

class ListsView extends WorkView {
  constructor(root) {
    super(root);
    this.choice = { ...LIST_ASKED };
    this.rowText = "";
    this.isAllRows = false;
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    for (const name of Object.keys(LIST_ASKED)) if (asked[name]) this.choice[name] = asked[name];
    this.rows = null;
    this.pieces = null;
    this.changes = null;
  }

  async load() {
    const { api } = this.data;
    const lists = await allPages(`${api}/lists`);
    const known = lists.some((one) => one.version === this.choice.list);
    const version = known ? this.choice.list : lists[0]?.version ?? "";
    const open = version
      ? await getJson(`${api}/lists/${encodeURIComponent(version)}/parameters?open_only=true&limit=1`)
      : { total: 0 };
    return () => {
      this.lists = lists;
      if (this.choice.list !== version) Object.assign(this, { rows: null, pieces: null, changes: null });
      this.choice.list = version;
      this.openPieces = open.total;
      this.fetchTab();
    };
  }

  address() {
    return { list: this.choice.list, tab: this.choice.tab === "rows" ? "" : this.choice.tab };
  }

  get path() {
    return `${this.data.api}/lists/${encodeURIComponent(this.choice.list)}`;
  }

  get list() {
    return this.lists.find((one) => one.version === this.choice.list);
  }

  get isOwn() {
    return this.data.may_write && this.list?.organisation_code === this.data.me.organisation;
  }

  pick(values) {
    const before = this.choice.list;
    Object.assign(this.choice, values);
    if (before !== this.choice.list) Object.assign(this, { rows: null, pieces: null, changes: null, rowText: "" });
    this.isAllRows = false;
    this.refresh();
    this.draw();
  }

  async fetchTab() {
    const { list, tab } = this.choice;
    if (!list || this.wizard) return;
    this.tabTrouble = "";
    try {
      if (tab === "rows" && !this.rows) {
        const rows = await allPages(`${this.path}/requirements`);
        if (list !== this.choice.list) return;
        this.rows = rows;
      } else if (tab === "settle") {
        await this.loadPieces(list);
      } else if (tab === "changes") {
        await this.loadChanges(list);
      }
    } catch (error) {
      this.tabTrouble = error instanceof Refused ? this.say("trouble.server", { status: error.status })
        : this.say("trouble.connection");
    }
    this.draw();
  }

  render() {
    const { say, data } = this;
    if (this.wizard) {
      fill(this.body, this.importing());
      return;
    }
    const start = data.may_write ? el("button", { type: "button", class: "main", "data-focus": "import",
      onclick: () => this.startImport() }, `＋ ${say("lists.import")}`) : null;
    if (!this.lists.length) {
      fill(this.body, el("div", { class: "empty" }, el("p", {}, say("lists.none")),
        el("p", {}, say(data.may_write ? "lists.none_hint" : "lists.none_ask")), start));
      return;
    }
    // a version that was just imported is chosen before it is among those that were loaded
    const opened = this.list ? this.opened() : skeleton(8);
    fill(this.body, el("div", { class: "bar" }, start,
      this.told ? el("span", { class: "done", role: "status" }, this.told) : null),
    el("div", { class: "halves" }, this.versions(), opened));
  }

  versions() {
    const { say, data, lists, choice: chosen } = this;
    const card = (one) => {
      const isOwn = one.organisation_code === data.me.organisation;
      const from = one.organisation_code === null ? say("lists.of_house")
        : isOwn ? say("lists.of_own") : say("lists.of", { code: one.organisation_code });
      const valid = one.valid_from || one.valid_to
        ? say("lists.valid", { from: one.valid_from ?? "…", to: one.valid_to ?? "…" }) : say("lists.valid_always");
      return el("button", {
        type: "button", class: "version", "aria-pressed": String(one.version === chosen.list),
        "data-version": one.version, "data-focus": `version-${one.version}`,
        onclick: () => this.pick({ list: one.version }),
      },
      el("strong", {}, one.version),
      el("span", { class: "tags" },
        el("span", { class: "tag" }, say(one.is_official ? "common.official" : "common.draft")),
        el("span", { class: "tag" }, from)),
      el("span", { class: "small muted" }, `${say("lists.row_count", { n: one.row_count })} · ${valid}`),
      el("span", { class: "small muted" },
        say("lists.imported", { who: one.imported_by, at: clock(data.lang, one.imported_at) })));
    };
    return el("nav", { class: "versions", "aria-label": say("lists.versions") },
      el("h3", {}, say("lists.versions")), ...lists.map(card));
  }

  opened() {
    const { say, data, list, choice: chosen } = this;
    const tabs = [["rows", say("lists.tab_rows", { n: list.row_count })],
      ["settle", `${this.openPieces ? "! " : ""}${say("lists.tab_settle", { n: this.openPieces })}`],
      ["changes", say("lists.tab_changes")]];
    const draw = { rows: () => this.rowsTab(), settle: () => this.settleTab(), changes: () => this.changesTab() };
    return el("section", { class: "opened" },
      el("h2", {}, list.version), list.title && list.title !== list.version
        ? el("p", { class: "muted" }, list.title) : null,
      el("p", { class: "small muted" }, [
        say("lists.binding", { names: list.binding_authorities.split(",").filter(Boolean)
          .map((one) => say(`authority.${one}`)).join("、") }),
        list.level_inheritance ? say("lists.inherits") : say("lists.inherits_not"),
        list.skipped_rows ? say("lists.skipped", { n: list.skipped_rows }) : null,
      ].filter(Boolean).join(" · ")),
      el("div", { class: "bar" }, segments(say("lists.tabs"), tabs, chosen.tab, (tab) => this.pick({ tab })),
        innerLink(this.component, "gaps", { list: list.version, ...data.keep }, `${say("lists.check_by")} →`)),
      this.tabTrouble ? el("p", { class: "refused", role: "alert" }, this.tabTrouble) : null,
      (draw[chosen.tab] ?? draw.rows)());
  }

  rowsTab() {
    const { say, data, rows } = this;
    if (!rows) return this.tabTrouble ? null : skeleton(8);
    const sought = this.rowText.trim().toLowerCase();
    const found = rows.filter((one) => !sought
      || `${one.row_id} ${one.item_zh} ${one.item_en} ${one.technical_parameters}`.toLowerCase().includes(sought));
    const shown = this.isAllRows ? found : found.slice(0, ROWS_AT_ONCE);
    return el("div", {},
      el("input", { type: "search", placeholder: say("gaps.search"), "aria-label": say("gaps.search"),
        value: this.rowText, "data-focus": "row-search", oninput: (event) => {
          this.rowText = event.target.value;
          this.draw();
        } }),
      requirementTable(say, data, shown),
      found.length > shown.length ? el("button", { type: "button", class: "plain", "data-focus": "all-rows",
        onclick: () => {
          this.isAllRows = true;
          this.draw();
        } }, say("gaps.more", { n: found.length - shown.length })) : null);
  }
}

// Rows of a list as a person compares them with the file.
function requirementTable(say, data, rows) {
  const columns = ["row_id", "module_code", "level", "item_zh", "technical_parameters", "quantity_n",
    "quantity_basis", "obligation", "authority_item"];
  // words of ours where the cell is one of them; what a file says otherwise stays as it is
  const told = (area, word) => data.texts[`${area}.${word}`] ?? word;
  const cell = (row, name) => {
    const value = row[name];
    if (name === "item_zh") return data.lang === "en" && row.item_en ? `${value} (${row.item_en})` : value;
    if (name === "level") {
      const levels = value.split("|");
      return value === "*" || levels.length === Object.keys(data.level_words).length ? say("gaps.all")
        : levels.map((one) => data.level_words[one] ?? one).join("、");
    }
    if (name === "obligation") return told("obligation", value);
    const [word, ...rest] = value.split(" ");
    if (name === "quantity_basis") return told("basis", word);
    if (name === "authority_item") return [told("authority", word), ...rest].join(" ");
    return value;
  };
  return el("div", { class: "scroll" }, el("table", { class: "rows" },
    el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col" }, data.columns[name])))),
    el("tbody", {}, ...rows.map((row) => el("tr", { "data-row": row.row_id },
      ...columns.map((name) => el("td", { class: name, "data-label": data.columns[name] },
        name === "technical_parameters" && row.settled_parameters
          ? [el("span", {}, row[name]), el("div", { class: "small settled" }, `⇒ ${row.settled_parameters}`)]
          : cell(row, name))))))));
}

export default function (component) {
  return mounted(component, ListsView);
}
