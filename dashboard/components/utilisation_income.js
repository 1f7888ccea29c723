// Income of rigs: entries and their sums, made for bookings and requests, taken back by counter-entries.

const INCOME_LINES = 20;
const MOST_INCOME = 200;

// Exact up to 90 million million yuan: whole fen are added.
function addedYuan(one, other) {
  const fen = [one, other].map((each) => Number(each.replace(".", ""))).reduce((a, b) => a + b);
  return yuan((fen / 100).toFixed(2));
}

const UseIncomeParts = {
  incomeQuery() {
    return this.query({ limit: String(this.incomeMost ?? INCOME_LINES) });
  },

  loadIncome() {
    const { data } = this;
    return data.reads_income ? getJson(`${data.api}/income?${this.incomeQuery()}`) : null;
  },

  moneyTiles() {
    const { say, report: { money } } = this;
    if (!money) return [];
    const tile = (name, value, words) => el("div", { class: "tile", "data-tile": name },
      el("span", { class: "muted" }, say(`income.${name}`)), el("strong", {}, value), el("span", { class: "small muted" }, words));
    const note = money.valued_rigs ? say("income.return_rate_note", { value: yuan(money.original_value), n: money.valued_rigs, all: money.rigs })
      : say("income.return_rate_none", { all: money.rigs });
    return [
      tile("income", addedYuan(money.inside, money.outside), say("income.income_note", { inside: yuan(money.inside), outside: yuan(money.outside) })),
      tile("return_rate", this.rate(money.return_rate), note),
    ];
  },

  // A rate that rests on some of the rigs alone says so wherever it stands.
  returnWords(money) {
    if (!money) return this.say("use_rate.unknown");
    if (money.rigs === 1 && !money.valued_rigs) return this.say("income.no_value");
    const of = money.valued_rigs === money.rigs ? "" : ` · ${this.say("income.of_valued", { n: money.valued_rigs, all: money.rigs })}`;
    return `${this.rate(money.return_rate)}${of}`;
  },

  incomeBox() {
    const { say, data, income, report } = this;
    if (!income) return null;
    const left = Math.min(income.total, MOST_INCOME) - income.items.length;
    return el("section", { class: "box", "data-part": "income" },
      el("header", {}, el("h3", {}, say("income.entries", { all: income.total })),
        el("div", { class: "bar" },
          data.writes_income ? el("button", { type: "button", class: "plain", "data-focus": "income-new",
            onclick: () => this.openIncomeForm() }, `＋ ${say("income.new")}`) : null,
          el("a", { class: "plain file", href: `${data.api}/income/file?${this.query({ format: "xlsx" })}`, download: true }, `⇩ ${say("income.export")}`))),
      el("p", { class: "small muted" }, say("income.sums", { inside: yuan(income.inside), outside: yuan(income.outside) }), " ",
        Number(report.income_elsewhere) ? say("income.elsewhere", { n: yuan(report.income_elsewhere) }) : null),
      income.items.length ? el("ul", { class: "lines" }, ...income.items.map((one) => this.incomeLine(one)))
        : el("p", { class: "muted" }, say("income.none"), " ", data.writes_income ? say("income.none_hint") : null),
      left > 0 ? el("button", { type: "button", class: "plain", "data-focus": "more-income",
        onclick: () => { this.incomeMost = Math.min(MOST_INCOME, income.items.length + INCOME_LINES); this.refresh(); } },
      say("use_rate.show_more", { n: Math.min(INCOME_LINES, left) })) : null,
      el("p", { class: "small muted" }, say("income.formula")));
  },

  incomeLine(one, part = one.amount) {
    const { say } = this;
    return el("li", { "data-income": one.id },
      el("div", { class: "topline" }, el("span", {}, one.received_on), el("strong", { class: "amount" }, yuan(part)),
        el("span", { class: "chip" }, say(`income.source_${one.source}`)), this.incomeChip(one)),
      el("button", { type: "button", class: "name", title: say("income.open_entry"), "data-focus": `income-${one.id}`,
        onclick: () => this.openIncome(one.id) }, one.words));
  },

  incomeChip(one) {
    if (one.corrects_id) return el("span", { class: "chip" }, `↶ ${this.say("income.is_correction", { id: one.corrects_id })}`);
    return one.corrected_by_id ? el("span", { class: "chip" }, `✕ ${this.say("income.is_corrected", { id: one.corrected_by_id })}`) : null;
  },

  // What of its entries one bench earned.
  benchIncome(found) {
    const { say } = this;
    if (!found.money) return null;
    const { money } = found;
    const part = (one) => one.parts.find((each) => each.bench_code === found.bench)?.amount ?? one.amount;
    return el("section", { "data-part": "income" }, el("h3", {}, say("income.entries", { all: found.income_total })),
      el("dl", { class: "facts" }, el("dt", {}, say("income.return_rate")), el("dd", { "data-fact": "return_rate" }, this.rate(money.return_rate)),
        el("dt", {}, say("income.original_value")), el("dd", {}, money.original_value === null ? say("use_rate.unknown") : yuan(money.original_value)),
        el("dt", {}, say("income.income")), el("dd", {}, say("income.income_note", { inside: yuan(money.inside), outside: yuan(money.outside) }))),
      found.income.length ? el("ul", { class: "lines" }, ...found.income.map((one) => this.incomeLine(one, part(one))))
        : el("p", { class: "muted" }, say("income.none")));
  },

  async openIncome(id, told = "") {
    const { say, data, filters } = this;
    Object.assign(filters, { bench: "", income: String(id) });
    keepInAddress(this.address());
    this.panel.show(say, say("income.entry", { id }), null, skeleton(6));
    try {
      const one = await getJson(`${data.api}/income/${encodeURIComponent(id)}`);
      if (filters.income === String(id)) this.showIncome(one, told);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      if (this.panel.isOpen) this.panel.show(say, say("income.entry", { id }), null,
        el("p", { class: "refused", role: "alert" }, say(error.status === 404 ? "trouble.not_found" : "trouble.details")));
    }
  },

  showIncome(one, told = "") {
    const { say, data } = this;
    const link = (page, name, id, words) => (id ? innerLink(this.component, page, { [name]: String(id), ...data.keep }, say(words, { id })) : null);
    const at = schoolWords(data.lang, one.entered_at, { year: "numeric", month: "numeric", day: "numeric" });
    const facts = [["source", say(`income.source_${one.source}`)], ["received_on", one.received_on], ["station", one.station_code], ["words", one.words],
      ["parts", one.parts.length ? el("div", {}, ...one.parts.map((part) =>
        el("div", {}, `${part.bench_code ?? part.resource_key.split("/").at(-1)} · ${yuan(part.amount)}`))) : say("income.no_parts")]];
    this.panel.show(say, `${say("income.entry", { id: one.id })} · ${yuan(one.amount)}`,
      el("p", { class: "muted small" }, say("income.entered", { who: one.entered_by, at })),
      told ? el("p", { class: "done", role: "status" }, told) : null,
      el("p", {}, this.incomeChip(one)),
      el("dl", { class: "facts" }, ...facts.filter(([, value]) => value).flatMap(([name, value]) =>
        [el("dt", {}, say(`income.${name}`)), el("dd", { "data-fact": name }, value)])),
      el("p", { class: "bar" }, link("bookings", "booking", one.booking_id, "income.booking"), link("sharing", "request", one.sharing_request_id, "income.request")),
      data.writes_income && one.organisation_code === data.me.organisation && !one.corrects_id && !one.corrected_by_id ? this.correctionForm(one) : null);
  },

  correctionForm(one) {
    const { say } = this;
    const words = el("input", { type: "text", name: "words", required: true, maxlength: 400, "data-focus": "correct-words" });
    return el("form", { class: "form box", "data-part": "correct", onsubmit: (event) => {
      event.preventDefault();
      this.incomeAct(event.target, `income/${one.id}/correction`, { words: words.value }, "income.was_corrected");
    } }, el("label", { class: "stacked" }, say("income.correct_words"), words), el("p", { class: "small muted" }, say("income.correct_hint")),
    el("p", { class: "refused", role: "alert" }), el("div", { class: "bar" }, el("button", { class: "main", "data-focus": "correct" }, say("income.correct"))));
  },

  async openIncomeForm() {
    const { say, data, filters } = this;
    Object.assign(filters, { bench: "", income: "new" });
    keepInAddress(this.address());
    this.panel.show(say, say("income.new"), null, skeleton(8));
    const { booking, request } = filters;
    const asked = new URLSearchParams(request ? { request } : { booking });
    try {
      const draft = booking || request ? await getJson(`${data.api}/income/draft?${asked}`) : null;
      const rigs = draft?.rigs ?? await this.ownBenches();
      if (filters.income === "new") this.showIncomeForm(draft, rigs);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      const words = { 404: "trouble.not_found", 422: "income.not_used" }[error.status] ?? "trouble.details";
      if (this.panel.isOpen) this.panel.show(say, say("income.new"), null, el("p", { class: "refused", role: "alert" }, say(words)));
    }
  },

  // as utilisation knows them: money does not wait for a telemetry store that is away
  async ownBenches() {
    const { data } = this;
    const today = schoolDay(Date.now());
    const asked = new URLSearchParams({ by: "bench", organisation: data.me.organisation, from: today, to: today });
    const { rows } = await getJson(`${data.api}/utilisation/figures?${asked}`);
    return rows.map((one) => ({ resource_key: `bench:${data.me.organisation}/${one.group}`, name: inLanguage(data.lang, one, "name") }));
  },

  showIncomeForm(draft, rigs) {
    const { say, data } = this;
    const today = schoolDay(Date.now());
    const stacked = (name, node) => el("label", { class: "stacked" }, say(`income.${name}`), node);
    const input = (name, value, more) => el("input", { type: "text", name, value, "data-focus": `income-${name}`, ...more });
    const source = draft ? el("p", {}, `${say("income.source")}：`, el("strong", {}, say(`income.source_${draft.source}`)))
      : stacked("source", el("select", { name: "source", "data-focus": "income-source" }, ...["outside", "inside"].map((one) =>
        el("option", { value: one }, say(`income.source_${one}`)))));
    const own = data.stations.filter((one) => one.organisation_code === data.me.organisation);
    const picked = draft?.station_code ?? (this.station?.code || "");
    const station = stacked("station", el("select", { name: "station", "data-focus": "income-station" },
      el("option", { value: "" }, say("income.no_station")), ...own.map((one) =>
        el("option", { value: one.code, selected: one.code === picked }, `${one.code} ${inLanguage(data.lang, one, "name")}`))));
    const link = draft?.sharing_request_id ? say("income.request", { id: draft.sharing_request_id }) : draft && say("income.booking", { id: draft.booking_id });
    this.panel.show(say, say("income.new"), link ? el("p", { class: "muted" }, link) : null,
      draft && Number(draft.known) ? el("p", { class: "doubt" }, `! ${say("income.known", { n: yuan(draft.known) })}`) : null,
      el("form", { class: "form", "data-part": "income-form", onsubmit: (event) => {
        event.preventDefault();
        this.enterIncome(event.target, draft, rigs);
      } }, source,
      stacked("amount", input("amount", draft?.amount ?? "", { inputmode: "decimal", required: true, maxlength: 20 })),
      stacked("received_on", el("input", { type: "date", name: "received_on", value: draft?.received_on ?? today, max: today, required: true, "data-focus": "income-day" })),
      stacked("words", el("textarea", { name: "words", rows: 2, maxlength: 400, required: true, "data-focus": "income-words" }, draft?.words ?? "")),
      station, this.rigPicks(rigs, Boolean(draft)),
      el("p", { class: "refused", role: "alert" }),
      el("div", { class: "bar" }, el("button", { class: "main", "data-focus": "income-enter" }, say("income.enter")))));
  },

  rigPicks(rigs, isOn) {
    const { say } = this;
    if (!rigs.length) return null;
    return el("fieldset", { class: "box rigs" }, el("legend", { class: "small muted" }, say("income.rigs")),
      ...rigs.map((one, n) => el("div", { class: "rowed" },
        el("label", { class: "tick" }, el("input", { type: "checkbox", name: `rig-${n}`, checked: isOn, "data-focus": `rig-${n}` }),
          ` ${one.resource_key.split("/").at(-1)} ${one.name}`),
        el("input", { type: "text", name: `part-${n}`, inputmode: "decimal", maxlength: 20, "data-focus": `part-${n}`,
          "aria-label": say("income.part_of", { name: one.name || one.resource_key }),
          // an amount that somebody typed is meant
          oninput: (event) => { if (event.target.value.trim()) event.target.form.elements[`rig-${n}`].checked = true; } }))),
      el("p", { class: "small muted" }, say("income.equal_hint")));
  },

  enterIncome(form, draft, rigs) {
    const { say, data } = this;
    const said = new FormData(form);
    const amounts = ["amount", ...rigs.map((_, n) => `part-${n}`)].map((name) => said.get(name)).filter((one) => one?.trim());
    if (!amounts.every((one) => /^\d{1,10}(\.\d{1,2})?$/.test(plainYuan(one))) || !(Number(plainYuan(said.get("amount"))) > 0)) {
      form.querySelector(".refused").textContent = say("income.bad_amount");
      return;
    }
    const chosen = rigs.map((one, n) => [one, n]).filter(([, n]) => said.has(`rig-${n}`));
    const order = {
      organisation: data.me.organisation, received_on: said.get("received_on"), words: said.get("words"), amount: plainYuan(said.get("amount")),
      ...(said.get("station") && { station: said.get("station") }),
      ...(draft ? { booking_id: draft.booking_id } : { source: said.get("source") }),
      ...(draft?.sharing_request_id && { sharing_request_id: draft.sharing_request_id }),
      rigs: chosen.map(([one, n]) => ({ resource_key: one.resource_key, ...(said.get(`part-${n}`).trim() && { amount: plainYuan(said.get(`part-${n}`)) }) })),
    };
    this.incomeAct(form, "income", order, "income.was_entered");
  },

  async incomeAct(form, path, order, words) {
    const { say, data, filters } = this;
    const button = form.querySelector("button.main");
    const refused = form.querySelector(".refused");
    button.disabled = true;
    refused.textContent = "";
    try {
      const entry = await send("POST", `${data.api}/${path}`, order);
      Object.assign(filters, { booking: "", request: "" });
      const told = say(words, { id: entry.id });
      this.tell(told);
      this.openIncome(entry.id, told);
      this.refresh();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      refused.textContent = problemText(say, data.lang, error);
    } finally {
      button.disabled = false;
    }
  },
};
