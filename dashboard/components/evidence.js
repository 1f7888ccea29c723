// What a finding rests on, and how every requirement of the list was served.

const EvidenceParts = {
  evidence(one) {
    const { say, data, component } = this;
    const qualifier = one.authority_qualifier
      ? say("finding.qualifier", { text: one.authority_qualifier }) : "";
    const name = say(`authority.${one.authority ?? "none"}`) + qualifier;
    const parts = [
      one.row_id ? say("finding.row", { id: one.row_id }) : null,
      say("finding.authority", { name }),
      `${say("common.list")} ${one.list_version}`,
      one.asset_numbers.length
        ? say("finding.assets", { list: one.asset_numbers.join(", ") }) : null,
    ].filter(Boolean);
    const line = el("p", { class: "evidence" }, el("span", {}, parts.join(" · ")));
    const facts = one.bench;
    if (!facts) return line;
    const words = [
      facts.dtc ? `${facts.dtc} ${bilingual(data.lang, facts.fault_text)}`.trim() : null,
      facts.severity ? say("finding.severity", { n: facts.severity }) : null,
      facts.since_at ? say("finding.since", { at: clock(data.lang, facts.since_at) }) : null,
      facts.last_seen_at ? say("finding.last_seen", { at: clock(data.lang, facts.last_seen_at) }) : null,
    ].filter(Boolean);
    const query = { bench: facts.bench_code, ...data.keep };
    line.append(
      el("span", { class: "bench" },
        el("strong", {}, words.join(" · ")),
        innerLink(component, "bench", query, `${say("finding.bench", { code: facts.bench_code })} →`)));
    return line;
  },

  rows() {
    const { say, data } = this;
    const { rows } = data.result;
    if (!rows.length) return null;
    const met = rows.filter((row) => row.is_met).length;
    const heads = ["station.item", "station.needed", "station.counted", "station.assets", "station.row_id"];
    const amount = (value, unit) => (value === null ? "?" : `${Number(value.toFixed(2))} ${unit}`.trim());
    const lines = rows.map((row) =>
      el(
        "tr",
        {},
        el("td", {}, row.is_met
          ? pill("ready", say("glyph.ready"), say("station.met"))
          : pill("unknown", say("glyph.not_ready"), say("station.unmet"))),
        el("th", { scope: "row" }, bilingual(data.lang, row.item)),
        el("td", { class: "number" }, amount(row.needed, row.unit)),
        el("td", { class: "number" }, amount(row.counted, row.unit)),
        el("td", { class: "assets" }, row.asset_numbers.join(", ")),
        el("td", { class: "muted" }, row.row_id),
      ));
    return el(
      "details",
      { class: "rows", "data-open": "rows", open: this.open.get("rows") ?? false },
      el("summary", { "data-focus": "rows" }, say("station.rows", { met, all: rows.length })),
      el("div", { class: "scroll" },
        el("table", {},
          el("thead", {}, el("tr", {}, el("th", {}, ""),
            ...heads.map((head) => el("th", { scope: "col" }, say(head))))),
          el("tbody", {}, ...lines))),
    );
  },
};

Object.assign(FindingsView.prototype, EvidenceParts);
