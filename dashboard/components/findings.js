// The findings of a station, grouped by what to do; they follow the house by themselves.

const GROUPS = ["mend", "calibrate", "buy", "record", "confirm", "settle"];
const GLYPHS = { mend: "⚒", calibrate: "◎", buy: "＋", record: "✎", confirm: "☑", settle: "⇄" };
const OPEN_ADVICE = 3;

class FindingsView {
  constructor(root) {
    this.root = root;
    this.force = "all";
    this.body = el("div", { class: "findings" });
    this.announcer = el("div", { class: "sr", "aria-live": "polite" });
    root.append(this.body, this.announcer);
    this.open = new Map();
  }

  update(data, component) {
    this.component = component;
    const isNew = data.loaded_at !== this.data?.loaded_at;
    const result = isNew ? data.result : this.data.result;
    this.data = { ...data, result };
    this.say = speaker(data.texts);
    if (isNew) {
      this.brokenSince = data.stale_since;
      this.checkedAt = data.loaded_at;
    }
    this.render();
    if (!this.stop) {
      const handlers = { changed: () => this.refresh() };
      this.stop = listen(`${data.api}/changes`, handlers, () => this.broke());
    }
  }

  destroy() {
    this.stop?.();
  }

  broke() {
    if (this.brokenSince) return;
    this.brokenSince = this.checkedAt;
    this.render();
  }

  async refresh() {
    const asked = this.data.url;
    const before = this.data.result.status;
    try {
      const result = await getJson(asked);
      if (asked !== this.data.url) return;
      this.brokenSince = null;
      this.checkedAt = new Date().toISOString();
      this.data.result = result;
      this.render();
      if (result.status !== before) this.announcer.textContent = this.verdictText();
    } catch {
      this.broke();
    }
  }

  verdictText() {
    const { result } = this.data;
    return this.say(`station.verdict_${result.status}`, result);
  }

  render() {
    const { data } = this;
    const focused = this.root.getRootNode().activeElement?.dataset?.focus;
    for (const node of this.body.querySelectorAll("details[data-open]")) {
      this.open.set(node.dataset.open, node.open);
    }
    const wanted = data.result.findings.filter((one) =>
      this.force === "all" || one.is_binding === (this.force === "binding"));
    const parts = [this.banner(), this.summary()];
    if (!wanted.length) parts.push(this.nothing());
    const isUrgent = (group) => wanted.some((one) => one.remedy_group === group && one.is_binding);
    const ordered = [...GROUPS.filter(isUrgent), ...GROUPS.filter((group) => !isUrgent(group))];
    for (const group of ordered) {
      const found = wanted.filter((one) => one.remedy_group === group);
      if (found.length) parts.push(this.group(group, found));
    }
    parts.push(this.rows());
    if (this.brokenSince) {
      const onRetry = () => this.refresh();
      parts.unshift(troubleBar(this.say, data.lang, { since: this.brokenSince, onRetry }));
    }
    fill(this.body, ...parts);
    if (focused) this.body.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  banner() {
    const { say, data } = this;
    const { result, station } = data;
    const kind = { ready: "ready", advice_only: "advice", not_ready: "not", unknown: "unknown" };
    const live = { partial: "station.live_partial", not_available: "station.live_none" };
    const note = live[result.live_evidence];
    return el(
      "section",
      { class: `banner b-${kind[result.status]}`, "data-status": result.status },
      el("div", { class: "big" },
        el("span", { "aria-hidden": "true" }, say(`glyph.${result.status}`)),
        el("span", {}, say(`overall.${result.status}`))),
      el("div", { class: "words" },
        el("p", { class: "verdict" }, this.verdictText()),
        el("p", { class: "small" },
          `${inLanguage(data.lang, station, "organisation_name")} · `
          + `${inLanguage(data.lang, station, "name")} · ${result.module} ${say(`module.${result.module}`)}`
          + ` · ${say(`level_full.${result.level}`)} · ${say(`use_of.${result.use}`)} · ${result.date}`)),
      el("div", { class: "tags" },
        data.is_demonstration ? el("span", { class: "tag demo" }, say("common.demonstration")) : null,
        ...(result.list_version ? [
          el("span", { class: "tag" }, `${say("common.list")} ${result.list_version}`),
          el("span", { class: "tag" }, say(result.is_official_list ? "common.official" : "common.draft")),
        ] : []),
        note ? el("span", { class: "tag" }, say(note)) : null,
        el("span", { class: "small muted" }, say("station.checked", { at: clock(data.lang, this.checkedAt) }))),
    );
  }

  summary() {
    const { say, data } = this;
    const { findings } = data.result;
    if (!findings.length) return null;
    const binding = findings.filter((one) => one.is_binding).length;
    const counts = { all: findings.length, binding, advice: findings.length - binding };
    const forces = Object.entries(counts).map(([force, n]) =>
      el("button", {
        type: "button", class: "plain", "data-focus": `force-${force}`,
        "aria-pressed": String(this.force === force),
        onclick: () => {
          this.force = force;
          this.render();
        },
      }, `${say(`finding.${force}`)} ${n}`));
    const jumps = GROUPS.map((group) => {
      const n = findings.filter((one) => one.remedy_group === group).length;
      if (!n) return null;
      const bad = findings.filter((one) => one.remedy_group === group && one.is_binding).length;
      return el("button", {
        type: "button", class: `plain jump ${bad ? "bad" : ""}`, "data-focus": `jump-${group}`,
        onclick: () => this.body.querySelector(`[data-group="${group}"]`)?.scrollIntoView({ block: "start" }),
      }, `${GLYPHS[group]} ${say(`group.${group}`)} ${n}`);
    });
    return el("div", { class: "summary" },
      el("div", { class: "forces", role: "group", "aria-label": say("station.show") }, ...forces),
      el("div", { class: "jumps" }, ...jumps.filter(Boolean)));
  }

  nothing() {
    const { say, data } = this;
    const isClean = !data.result.findings.length;
    return el("div", { class: "empty" },
      el("p", {}, say(isClean ? "station.nothing" : "station.nothing_of_kind")),
      isClean ? el("p", {}, say("station.nothing_hint")) : null);
  }

  group(group, found) {
    const { say } = this;
    const binding = found.filter((one) => one.is_binding);
    const advice = found.filter((one) => !one.is_binding);
    const live = (one) => (one.bench ? 0 : 1);
    binding.sort((a, b) => live(a) - live(b));
    const parts = binding.map((one) => this.finding(one));
    if (advice.length) {
      const isOpen = this.open.get(group)
        ?? (this.force === "advice" || (!binding.length && advice.length <= OPEN_ADVICE));
      parts.push(el(
        "details",
        { "data-open": group, open: isOpen },
        el("summary", { "data-focus": `advice-${group}` },
          pill("advice", say("glyph.advice_only"), say("finding.advice_of_group", { n: advice.length }))),
        ...advice.map((one) => this.finding(one)),
      ));
    }
    return el("section", { class: "group", "data-group": group },
      el("h2", {}, el("span", { class: "icon", "aria-hidden": "true" }, GLYPHS[group]),
        say(`group.${group}`), el("span", { class: "muted count" }, found.length)),
      ...parts);
  }

  finding(one) {
    const { say, data } = this;
    const facts = ["required", "found", "reason", "remedy"].map((name) =>
      el("div", { class: name }, el("dt", {}, say(`finding.${name}`)),
        el("dd", {}, bilingual(data.lang, one[name]))));
    return el(
      "article",
      { class: `finding ${one.is_binding ? "binding" : "advice"}`, "data-row": one.row_id,
        "data-kind": one.kind },
      el("header", {},
        one.is_binding
          ? pill("not", say("glyph.not_ready"), say("finding.binding"))
          : pill("advice", say("glyph.advice_only"), say("finding.advice")),
        el("h3", {}, bilingual(data.lang, one.item) || say("finding.whole_list")),
        el("span", { class: "muted small" }, say(`kind.${one.kind}`))),
      el("dl", {}, ...facts),
      this.evidence(one),
    );
  }
}

export default function (component) {
  return mounted(component, FindingsView);
}
