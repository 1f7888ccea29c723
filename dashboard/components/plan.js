// The least that makes a station pass, what one failure breaks, and how many a day can take.

const PLAN_GLYPHS = {
  state_fact: "✎", record: "✎", confirm: "☑", move: "⇄", calibrate: "◎", settle: "⇄", mend: "⚒", buy: "＋",
};
const PLAN_STATUS = { ready: "ready", advice_only: "advice", unknown: "unknown", not_ready: "not" };
const MOST_SITTINGS = 24;

class PlanView extends WorkView {
  identity(data) {
    return `${data.lang} ${data.station.code} ${JSON.stringify(data.question)}`;
  }

  take(asked) {
    this.advice ??= asked.advice === "1";
    this.day ??= { examinees: asked.examinees ?? "" };
    this.said = "";
  }

  url(path, more = {}) {
    const { api, station, question } = this.data;
    const asked = Object.entries({ ...question, ...more }).filter(([, value]) => value !== "" && value !== undefined);
    return `${api}/stations/${encodeURIComponent(station.code)}/readiness${path}?${new URLSearchParams(asked)}`;
  }

  async load() {
    const [readiness, plan, whatIf, capacity] = await Promise.all([
      getJson(this.url("")), getJson(this.url("/plan", { advice: this.advice })),
      getJson(this.url("/what-if")), getJson(this.url("/capacity", this.day)),
    ]);
    return () => {
      this.items = new Map(readiness.rows.map((row) => [row.row_id, row.item]));
      Object.assign(this, { readiness, plan, failures: whatIf, capacity: capacity.capacity });
    };
  }

  render() {
    fill(this.body, this.verdict(), el("div", { class: "columns" },
      el("div", {}, this.planned()),
      el("div", {}, this.examDay(), this.broken())));
  }

  verdict() {
    const { say, readiness, data } = this;
    const tone = { ready: "b-ready", advice_only: "b-advice", unknown: "b-unknown", not_ready: "b-not" };
    return el("section", { class: `banner ${tone[readiness.status]}`, "data-status": readiness.status },
      el("div", { class: "big" },
        el("span", { "aria-hidden": "true" }, say(`glyph.${readiness.status}`)),
        el("span", {}, say(`overall.${readiness.status}`))),
      el("div", { class: "words" },
        el("p", { class: "verdict" }, say(`station.verdict_${readiness.status}`, readiness)),
        el("p", { class: "small" },
          `${inLanguage(data.lang, data.station, "name")} · ${readiness.module} `
          + `${say(`module.${readiness.module}`)} · ${say(`level_full.${readiness.level}`)} · `
          + `${say(`use_of.${readiness.use}`)} · ${readiness.date}`)),
      el("div", { class: "tags" },
        readiness.list_version ? el("span", { class: "tag" }, `${say("common.list")} ${readiness.list_version}`) : null));
  }

  planned() {
    const { say, plan, data, component } = this;
    const toggle = el("label", { class: "check" },
      el("input", { type: "checkbox", checked: this.advice, "data-focus": "advice", onchange: (event) => {
        this.advice = event.target.checked;
        keepInAddress({ advice: this.advice ? "1" : "" });
        this.refresh();
      } }), ` ${say("plan.advice")}`);
    const query = { station: data.station.code, ...data.question, ...data.keep };
    return el("section", { class: "planned", "data-actions": plan.actions.length },
      el("div", { class: "title" }, el("h2", {}, say("plan.title")), toggle),
      plan.is_possible && !plan.is_certain ? el("p", { class: "notice" }, `! ${say("plan.uncertain")}`) : null,
      this.sentence(),
      el("ol", { class: "actions" }, ...plan.actions.map((one) => this.action(one))),
      el("p", { class: "small" },
        innerLink(component, "station", query, say("plan.to_finding")), " · ",
        innerLink(component, "gaps", { station: data.station.code, ...data.keep }, say("plan.to_gaps"))),
      el("p", { class: "small muted" }, say("plan.how")));
  }

  sentence() {
    const { say, plan } = this;
    if (!plan.is_possible) return el("div", { class: "empty" }, el("p", {}, say("plan.impossible")));
    if (!plan.actions.length) return el("p", { class: "clean" }, `✓ ${say("plan.ready")}`);
    const key = this.advice ? "plan.actions_advice" : "plan.actions";
    return el("p", { class: "lead" }, say(key, { n: plan.actions.length }));
  }

  action(one) {
    const { say, data } = this;
    return el("li", { "data-step": one.step },
      el("div", { class: "head" },
        el("span", { class: "step" }, el("span", { "aria-hidden": "true" }, `${PLAN_GLYPHS[one.step]} `),
          say(`step.${one.step}`)),
        el("strong", {}, bilingual(data.lang, one.item)),
        one.asset_number ? el("span", { class: "muted small" }, say("plan.asset", { code: one.asset_number })) : null),
      el("p", { class: "what" }, bilingual(data.lang, one.what)),
      el("p", { class: "small muted" }, say("plan.rows", { list: this.rowNames(one.row_ids) })));
  }

  rowNames(ids) {
    const { lang } = this.data;
    const shown = ids.slice(0, 4).map((id) => `${bilingual(lang, this.items.get(id)) || ""} ${id}`.trim());
    return shown.join("、") + (ids.length > 4 ? ` … (${ids.length})` : "");
  }

  broken() {
    const { say, failures, readiness, plan } = this;
    const title = el("h2", {}, say("whatif.title"));
    if (!plan.is_possible) return el("section", {}, title, el("p", { class: "muted" }, say("whatif.impossible")));
    const fatal = failures.failures.filter((one) => one.adds === "not_ready");
    const minor = failures.failures.filter((one) => one.adds !== "not_ready");
    // whatever has signals is looked at first: it is what really fails
    fatal.sort((a, b) => Number(!a.bench_code) - Number(!b.bench_code));
    let words = say("whatif.safe");
    if (readiness.status === "not_ready" && fatal.length) words = say("whatif.already");
    else if (fatal.length) words = say("whatif.fatal", { n: fatal.length });
    else if (minor.length) words = say("whatif.not_fatal");
    return el("section", { class: "broken", "data-fatal": fatal.length }, title,
      el("p", { class: fatal.length ? "lead" : "clean" }, `${fatal.length ? "✕" : "✓"} ${words}`),
      fatal.length ? this.failureTable(fatal) : null,
      minor.length ? el("details", {}, el("summary", {}, say("whatif.minor", { n: minor.length })),
        this.failureTable(minor)) : null);
  }

  failureTable(failures) {
    const { say, component, data } = this;
    const heads = ["thing", "status", "rows"].map((name) => el("th", { scope: "col" }, say(`whatif.col_${name}`)));
    const lines = failures.map((one) => el("tr", { "data-asset": one.asset_number },
      el("th", { scope: "row" }, inLanguage(data.lang, one, "item"), el("span", { class: "muted small" }, ` ${one.asset_number}`),
        one.bench_code ? el("div", {}, innerLink(component, "bench", { bench: one.bench_code, ...data.keep },
          say("whatif.bench", { code: one.bench_code }))) : null),
      el("td", {}, pill(PLAN_STATUS[one.adds], say(`glyph.${one.adds}`), say(`overall.${one.adds}`))),
      el("td", { class: "small" }, this.rowNames(one.row_ids))));
    return el("table", {}, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...lines));
  }
}

export default function (component) {
  return mounted(component, PlanView);
}
