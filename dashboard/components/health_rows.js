// The benches of the data health page: a table where there is room, else one card each.

const HealthRows = {
  table(benches) {
    const { say, data } = this;
    const heads = HEALTH_COLUMNS.map(([name]) => {
      const word = say(`health.col_${name}`);
      const isSorted = this.sorted === name;
      return el("th", { scope: "col", class: name, "aria-sort": isSorted ? "descending" : null },
        el("button", {
          type: "button", "data-sort": name, title: say("health.sort", { name: word }),
          onclick: () => { this.sorted = name; this.render(); },
        }, word, el("span", { class: "mark", "aria-hidden": "true" }, isSorted ? " ▾" : "")));
    });
    const rows = benches.map((one) => el("tr", { "data-bench": one.code },
      ...HEALTH_COLUMNS.map(([name]) => this.cell(name, one, name === "bench" ? "th" : "td"))));
    return el("div", { class: "scroll" }, el("table", { class: `lang-${data.lang}` },
      el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows)));
  },

  cell(name, one, tag) {
    const content = this[`show_${name}`](one);
    return el(tag, { class: name, scope: tag === "th" ? "row" : null }, ...content);
  },

  cards(benches) {
    const { say } = this;
    return el("div", { class: "cards" }, ...benches.map((one) => {
      const shown = HEALTH_COLUMNS.map(([name]) => name)
        .filter((name) => name !== "state" && name !== "bench");
      return el("article", { class: "card", "data-bench": one.code },
        el("header", {}, el("div", {}, ...this.show_bench(one)), el("div", {}, ...this.show_state(one))),
        el("dl", {}, ...shown.map((name) => el("div", { class: name },
          el("dt", {}, say(`health.col_${name}`)), el("dd", {}, ...this[`show_${name}`](one))))));
    }));
  },

  show_state(one) {
    const { say } = this;
    const words = one.reasons.map((reason) => say(`reason.${reason}`));
    return [
      pill(STATE_KINDS[one.state], say(`transport_glyph.${one.state}`), say(`transport.${one.state}`),
        { "data-state": one.state }),
      words.length ? el("div", { class: "small why" }, words.join(" · ")) : null,
    ].filter(Boolean);
  },

  show_bench(one) {
    const { data, component } = this;
    const place = [inLanguage(data.lang, one, "name"), one.station_code].filter(Boolean).join(" · ");
    return [
      innerLink(component, "bench", { bench: one.code, ...data.keep }, one.code, { class: "code" }),
      el("div", { class: "muted small" }, place),
    ];
  },

  show_seen(one) {
    const { say, data } = this;
    if (!one.last_seen_at) return ["—"];
    return [clock(data.lang, one.last_seen_at),
      el("div", { class: "muted small" }, say(`liveness.${one.liveness}`))];
  },

  show_rows(one) {
    const expected = one.expected > one.rows;
    return [whole(one.rows),
      expected ? note(this.say("health.of_expected", { n: whole(one.expected) })) : null].filter(Boolean);
  },

  show_gap(one) {
    const { say, data } = this;
    if (!one.rows) return ["—"];
    const longest = one.longest_gap_at && say("health.longest", {
      span: span(say, one.longest_gap_s), at: clock(data.lang, one.longest_gap_at),
    });
    return [
      one.gap_s ? span(say, one.gap_s) : "0",
      longest ? note(longest) : null,
      one.off_s >= 60 ? note(say("health.off", { span: span(say, one.off_s) })) : null,
    ].filter(Boolean);
  },

  show_delay(one) {
    if (one.delay_p99_s === null) return ["—"];
    return [`${this.seconds(one.delay_p50_s)} / ${this.seconds(one.delay_p99_s)}`];
  },

  seconds(value) {
    const { say } = this;
    if (value < 1) return say("health.ms", { n: Math.max(Math.round(value * 1000), 1) });
    return value < 60 ? say("health.s", { n: value.toFixed(1) }) : span(say, value);
  },

  show_spool(one) {
    const { say } = this;
    if (one.spool_trouble) return [whole(one.spool_rows), note(say("health.disk", { text: one.spool_trouble }))];
    if (!one.spool_rows) return ["0"];
    const share = one.spool_share >= 0.01
      ? note(say("health.share", { n: Math.round(one.spool_share * 100) })) : null;
    const waits = one.backlog_age_s >= 10
      ? note(say("health.waits", { span: span(say, one.backlog_age_s) })) : null;
    return [whole(one.spool_rows), waits, share].filter(Boolean);
  },

  show_missing(one) {
    return [marked(one.missing)];
  },

  show_lost(one) {
    return [marked(one.dropped + one.expired)];
  },

  show_odd(one) {
    const kept = one.quarantined ? note(this.say("health.quarantined", { n: whole(one.quarantined) })) : null;
    return [marked(one.rejected), kept].filter(Boolean);
  },

  show_resends(one) {
    return [whole(one.resends)];
  },

  show_clock(one) {
    const { say } = this;
    if (one.clock_offset_s === null) return ["—"];
    if (one.clock === "ok") return ["✓"];
    const size = { span: span(say, Math.abs(one.clock_offset_s)) };
    const word = say(one.clock_offset_s > 0 ? "health.ahead" : "health.behind", size);
    return [el("strong", { class: "marked" }, `! ${word}`)];
  },
};

function note(text) {
  return el("div", { class: "muted small" }, text);
}

function marked(count) {
  return count ? el("strong", { class: "marked" }, whole(count)) : "0";
}

Object.assign(HealthView.prototype, HealthRows);
