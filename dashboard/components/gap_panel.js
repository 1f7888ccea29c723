// What is behind one cell: what serves the row, what lacks, the least to be done, and the task.

const GapPanelParts = {
  open(row, cell) {
    this.cell = { row_id: row.row_id, module: cell.module, level: cell.level };
    this.detail = null;
    this.best = null;
    this.trouble = "";
    this.showPanel();
    this.look();
  },

  closed() {
    const cell = this.cell;
    this.cell = null;
    if (!cell) return;
    const key = `${cell.row_id}|${cell.module}|${cell.level}`;
    this.body.querySelector(`[data-focus="${CSS.escape(key)}"]`)?.focus();
  },

  async look() {
    const cell = this.cell;
    if (!cell) return;
    const query = this.query({ module: cell.module, level: cell.level });
    try {
      const detail = await getJson(`${this.base}/readiness?${query}`);
      if (this.cell !== cell) return;
      this.detail = detail;
      this.showPanel();
      if (!detail.findings.some((one) => one.row_id === cell.row_id)) return;
      const isAdvice = !detail.findings.some((one) => one.row_id === cell.row_id && one.is_binding);
      const best = await getJson(`${this.base}/readiness/plan?${query}&advice=${isAdvice}`);
      if (this.cell !== cell) return;
      this.best = best;
    } catch {
      this.trouble = this.say("trouble.details");
    }
    this.showPanel();
  },

  showPanel() {
    const { say, data, cell, detail } = this;
    if (!cell) return;
    const row = this.gaps.rows.find((one) => one.row_id === cell.row_id);
    const now = row?.cells.find((one) => one.module === cell.module && one.level === cell.level);
    if (!now) {
      this.panel.close();
      return;
    }
    const note = el("p", { class: "muted" },
      `${row.row_id} · ${cell.module} ${say(`module_short.${cell.module}`)} · ${say(`level_full.${cell.level}`)}`);
    const verdict = el("p", { class: "verdict" },
      pill(LOOKS[now.status], say(`glyph.${now.status}`), say(`status.${now.status}`)),
      el("span", {}, say("gaps.counts", {
        needed: `${amount(now.needed)} ${now.unit}`.trim(), counted: amount(now.counted),
      })));
    const outcome = detail?.rows.find((one) => one.row_id === cell.row_id);
    const findings = (detail?.findings ?? []).filter((one) => one.row_id === cell.row_id);
    this.panel.show(say, bilingual(data.lang, row.item), note, verdict,
      this.trouble ? el("p", { class: "refused", role: "alert" }, this.trouble) : null,
      detail ? null : skeleton(6),
      outcome ? this.served(outcome) : null,
      ...findings.map((one) => this.finding(one)),
      findings.length ? this.least(row) : null,
      detail ? el("footer", {}, innerLink(this.component, "station", {
        station: data.station.code, module: cell.module, level: cell.level, ...data.keep,
        ...(data.use ? { use: data.use } : {}), ...(data.date ? { date: data.date } : {}),
      }, say("stations.all_findings"))) : null);
  },

  served(outcome) {
    const { say } = this;
    const things = outcome.serving.length ? outcome.serving
      : outcome.asset_numbers.map((one) => ({ asset_number: one, amount: null, stands_in_as: "" }));
    const item = (one) => el("li", {}, el("code", {}, one.asset_number),
      one.amount === null ? null : ` × ${amount(one.amount)}`,
      one.stands_in_as ? el("span", { class: "chip" }, say("gaps.stands_in", { as: one.stands_in_as })) : null);
    return el("section", { "data-part": "served" },
      el("h3", {}, say("gaps.served_by")),
      things.length ? el("ul", { class: "things" }, ...things.map(item))
        : el("p", { class: "muted" }, say("gaps.served_by_none")),
      outcome.waived_by ? el("p", {}, say("gaps.waived_by", { id: outcome.waived_by })) : null,
      outcome.unsettled_substitutes
        ? el("p", { class: "small muted" }, say("gaps.unsettled", { text: outcome.unsettled_substitutes }))
        : null,
      outcome.needed === null ? el("p", { class: "small" }, say("gaps.fact_missing")) : null);
  },

  finding(one) {
    const { say, data } = this;
    const qualifier = one.authority_qualifier
      ? say("finding.qualifier", { text: one.authority_qualifier }) : "";
    const facts = ["required", "found", "reason", "remedy"].flatMap((name) => [
      el("dt", {}, say(`finding.${name}`)),
      el("dd", { class: name }, bilingual(data.lang, one[name])),
    ]);
    return el("section", { class: `finding ${one.is_binding ? "binding" : "advice"}`, "data-kind": one.kind },
      el("header", {},
        one.is_binding ? pill("not", say("glyph.not_ready"), say("finding.binding"))
          : pill("advice", say("glyph.advice_only"), say("finding.advice")),
        el("strong", {}, say(`kind.${one.kind}`))),
      el("dl", { class: "facts" }, ...facts),
      el("p", { class: "small muted" }, [
        say("finding.authority", { name: say(`authority.${one.authority ?? "none"}`) + qualifier }),
        one.asset_numbers.length ? say("finding.assets", { list: one.asset_numbers.join(", ") }) : null,
        one.bench?.dtc,
      ].filter(Boolean).join(" · ")),
      one.bench ? innerLink(this.component, "bench", { bench: one.bench.bench_code, ...data.keep },
        say("finding.bench", { code: one.bench.bench_code })) : null,
      this.task(one));
  },

  least(row) {
    const { say, data, best } = this;
    if (!best) return this.trouble ? null : skeleton(2);
    const actions = best.actions.filter((one) => one.row_ids.includes(row.row_id));
    return el("section", { class: "box", "data-part": "least" },
      el("h3", {}, say("gaps.least")),
      actions.length ? el("ul", { class: "things" }, ...actions.map((one) => el("li", {},
        // a purchase or a fact says what it is in its own words
        one.asset_number ? el("strong", {}, `${say(`step.${one.step}`)} `) : null,
        one.asset_number ? el("code", {}, `${one.asset_number} `) : null,
        bilingual(data.lang, one.what),
        one.row_ids.length > 1
          ? el("span", { class: "muted small" }, ` ${say("gaps.helps_too", { n: one.row_ids.length - 1 })}`)
          : null)))
        : el("p", { class: "muted" }, say("gaps.least_none")),
      el("p", { class: "small muted" }, say(best.is_certain ? "gaps.least_note" : "gaps.least_uncertain")));
  },

  task(one) {
    const { say, data } = this;
    const known = this.taskOf(one.row_id, one.kind);
    const isFinished = known && ["accepted", "closed"].includes(known.state);
    const parts = known ? [this.taskMark(known),
      el("span", { class: "small" }, [
        known.owner ? say("task.owner_is", { who: known.owner }) : say("task.nobody"),
        known.due_on ? say("task.due_is", { day: known.due_on }) : say("task.no_due"),
      ].join(" · ")),
      innerLink(this.component, "rectifications",
        { station: data.station.code, task: String(known.id), ...data.keep }, say("task.open"))] : [];
    // tasks rest on the check of today for the station's own use
    const isOfToday = !data.date && !data.use;
    if (data.may_manage && !isOfToday && !known) {
      parts.push(el("span", { class: "small muted" }, say("task.only_today")));
    }
    if (data.may_manage && isOfToday && (!known || isFinished)) {
      parts.push(el("button", {
        type: "button", class: "main", "data-focus": `make-${one.kind}`,
        onclick: (event) => this.makeTask(one, event.target),
      }, say(known ? "task.make_again" : "task.make")));
    }
    return parts.length ? el("div", { class: "task bar", "data-task": one.kind }, ...parts) : null;
  },

  async makeTask(one, button) {
    const { data, say } = this;
    button.disabled = true;
    this.trouble = "";
    try {
      const made = await send("POST", `${data.api}/rectifications`,
        { station: data.station.code, row_id: one.row_id, kind: one.kind,
          list_version: one.list_version || null });
      this.tasks.set(`${made.list_version}|${made.row_id}|${made.kind}`, made);
      this.tell(say("task.made"));
    } catch (error) {
      this.trouble = problemText(say, data.lang, error);
      if (error.status === 409) this.refresh();
    }
    this.draw();
    this.showPanel();
  },
};

Object.assign(GapsView.prototype, GapPanelParts);
