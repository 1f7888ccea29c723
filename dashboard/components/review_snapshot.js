// A frozen check, opened: everything it said, the register it rested on, and whether it is untouched.

const ReviewSnapshots = {
  async openSnapshot(entry) {
    const { say, data } = this;
    this.shown = { snapshot: entry.snapshot_sha256 };
    this.panel.dialog.classList.add("wide");
    const title = `${say("review.frozen")} · ${say(`review_step.${entry.step}`)}`;
    const note = el("p", { class: "muted" }, say("review.frozen_at", { at: dayAndTime(data.lang, entry.at) }));
    this.panel.show(say, title, note, skeleton(8));
    try {
      const path = `${data.api}/reviews/${data.review}/snapshots/${entry.snapshot_sha256}`;
      const found = await getJson(path);
      if (this.shown?.snapshot !== entry.snapshot_sha256) return;
      const cell = found.content.answers[0]?.question;
      this.panel.show(say, title, note, ...this.snapshotParts(found, `${path}/text`, cell));
    } catch {
      this.panel.show(say, title, note, el("p", { class: "refused" }, say("trouble.connection")));
    }
  },

  snapshotParts(found, file, cell) {
    const { say } = this;
    const { content } = found;
    const place = el("div", { class: "answer-of" });
    const pick = (question) => {
      fill(place, this.frozenAnswer(content, question));
      for (const button of buttons.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.dataset.cell === `${question.module} ${question.level}`));
      }
    };
    const buttons = this.frozenCells(content, pick);
    if (cell) pick(cell);
    return [
      el("dl", { class: "facts" },
        el("dt", {}, say("review.hash")), el("dd", {}, el("code", { class: "sha" }, found.sha256)),
        el("dt", {}, ""), el("dd", { class: found.is_intact ? "done" : "refused", "data-intact": String(found.is_intact) },
          found.is_intact ? `✓ ${say("review.intact")}` : `✕ ${say("review.tampered")}`),
        el("dt", {}, say("common.list")), el("dd", {}, say("review.frozen_list",
          { version: content.list.version || "—", n: content.list.rows.length }),
        ` · ${say("review.frozen_things", { n: content.equipment.length })}`)),
      el("p", {}, el("a", { href: file, download: "" }, `⤓ ${say("review.download")}`)),
      buttons, place, this.frozenConditions(content.conditions), this.frozenEquipment(content.equipment),
    ];
  },

  frozenCells(content, pick) {
    const { say } = this;
    const modules = [...new Set(content.answers.map((one) => one.question.module))];
    return el("div", { class: "frozen-cells", role: "group", "aria-label": say("review.frozen_pick") },
      ...modules.map((module) => el("div", { class: "frozen-line" },
        el("strong", { title: say(`module.${module}`) }, module),
        ...content.answers.filter((one) => one.question.module === module).map((one) => el("button", {
          type: "button", class: "plain", "data-cell": `${module} ${one.question.level}`,
          onclick: () => pick(one.question),
        }, `${say(`level.${one.question.level}`)} `, statusPill(say, isAsked(one) ? one.status : null))))));
  },

  frozenAnswer(content, question) {
    const { say, data } = this;
    const answer = content.answers.find((one) =>
      one.question.module === question.module && one.question.level === question.level);
    const met = answer.rows.filter((row) => row.is_met).length;
    const findings = answer.findings.map((one) => el("li", { class: one.is_binding ? "binding" : "" },
      el("div", { class: "small" },
        el("strong", { class: "force" }, say(one.is_binding ? "finding.binding" : "finding.advice")),
        ` ${say(`kind.${one.kind}`)} · ${one.row_id}`),
      el("strong", {}, bilingual(data.lang, one.item)),
      el("p", {}, bilingual(data.lang, one.reason)),
      el("p", { class: "remedy" }, `→ ${bilingual(data.lang, one.remedy)}`)));
    const amount = (value) => (value === null ? "?" : Number(value.toFixed(2)));
    const rows = answer.rows.map((row) => el("tr", {},
      el("td", {}, row.is_met ? pill("ready", say("glyph.ready"), say("station.met"))
        : pill("unknown", say("glyph.not_ready"), say("station.unmet"))),
      el("th", { scope: "row" }, bilingual(data.lang, row.item)),
      el("td", {}, `${amount(row.counted)} / ${amount(row.needed)} ${row.unit}`),
      el("td", { class: "assets" }, row.asset_numbers.join(", "))));
    return el("section", {},
      el("h3", {}, `${question.module} ${say(`module.${question.module}`)} · ${say(`level_full.${question.level}`)}`),
      findings.length ? el("ul", { class: "found" }, ...findings)
        : el("p", { class: "clean" }, `✓ ${say("review.findings_none")}`),
      el("details", {}, el("summary", {}, say("review.frozen_rows", { met, all: answer.rows.length })),
        el("div", { class: "scroll" }, el("table", { class: "plain-table" }, el("tbody", {}, ...rows)))));
  },

  frozenEquipment(things) {
    const { say } = this;
    const heads = ["asset", "thing", "quantity", "status", "place"].map((name) =>
      el("th", { scope: "col" }, say(`review.col_${name}`)));
    const details = el("details", {}, el("summary", {}, say("review.frozen_equipment", { n: things.length })));
    // drawn when somebody looks: a register may have thousands
    details.addEventListener("toggle", () => {
      if (!details.open || details.children.length > 1) return;
      const rows = things.map((one) => el("tr", {},
        el("th", { scope: "row" }, one.asset_number), el("td", {}, one.item_zh),
        el("td", {}, `${one.quantity} ${one.quantity_unit}`),
        el("td", {}, this.data.texts[`equipment_status.${one.status}`] ?? one.status),
        el("td", {}, one.location)));
      details.append(el("div", { class: "scroll" }, el("table", { class: "plain-table" },
        el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...rows))));
    });
    return details;
  },
};

Object.assign(ReviewView.prototype, ReviewSnapshots);
