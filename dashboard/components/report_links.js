// The codes by which anybody reports what is broken: one a thing, to print, replace or end.

const LABEL_SHEETS = ["3x8", "5x13", "roll62"];

const ReportLinkParts = {
  codes() {
    const { say } = this;
    const rows = this.codeRows();
    return el("div", { class: "form" },
      el("p", { class: "muted" }, say("repair.codes_hint")),
      this.codesTold ? el("p", { class: this.codesTold.isGood ? "done" : "refused", role: "status" },
        this.codesTold.words) : null,
      this.printing(rows),
      rows.length ? el("ul", { class: "codes" }, ...rows.map((row) => this.codeRow(row)))
        : el("div", { class: "empty" }, el("p", {}, say("repair.no_benches"))),
      this.assetForm());
  },

  // every bench of the school, with its code or without, and the pieces that have one
  codeRows() {
    const { links, benches, data } = this;
    const ofBench = new Map(links.filter((one) => one.bench_code).map((one) => [one.bench_code, one]));
    const named = benches.map((one) => ({ key: `bench:${one.code}`, order: { bench_code: one.code },
      code: one.code, name: inLanguage(data.lang, one, "name"), link: ofBench.get(one.code) }));
    const pieces = links.filter((one) => one.asset_number).map((one) => ({ key: `asset:${one.asset_number}`,
      order: { asset_number: one.asset_number }, code: one.asset_number, name: "", link: one }));
    return [...named, ...pieces];
  },

  codeRow(row) {
    const { say, data, picked } = this;
    const { link } = row;
    const address = link ? new URL(link.path, window.location.origin).href : "";
    const act = (name, work, isSure = false) => this.codeButton(row, name, work, isSure);
    return el("li", { class: "box", "data-code": row.code },
      el("label", { class: "tick" },
        el("input", { type: "checkbox", checked: picked.has(row.key), "data-focus": `pick-${row.key}`,
          onchange: (event) => {
            picked[event.target.checked ? "add" : "delete"](row.key);
            this.draw();
          } }),
        el("strong", {}, row.code), el("span", {}, row.name)),
      link ? el("p", { class: "small" },
        el("a", { href: `${link.path}?lang=${data.lang}`, target: "_blank", rel: "noopener" }, address), " ",
        el("span", { class: "muted" }, say("repair.code_since", { at: clock(data.lang, link.created_at),
          who: link.created_by }))) : el("p", { class: "small muted" }, say("repair.no_code")),
      el("div", { class: "bar" }, ...(link ? [
        act("renew", () => send("POST", `${data.api}/report-links/${link.id}/renewal`), true),
        act("end", () => send("DELETE", `${data.api}/report-links/${link.id}`), true),
      ] : [act("make", () => send("POST", `${data.api}/report-links`, row.order))])));
  },

  // what makes printed labels worthless is asked for twice
  codeButton(row, name, work, isSure) {
    const { say } = this;
    const key = `${name}-${row.key}`;
    const isAsked = this.sureOf === key;
    return el("button", { type: "button", class: "plain", "data-focus": key, onclick: () => {
      if (isSure && !isAsked) {
        this.sureOf = key;
        this.draw();
        return;
      }
      this.sureOf = "";
      this.onCodes(async () => {
        await work();
        return say("task.saved");
      });
    } }, say(isAsked ? `repair.${name}_sure` : `repair.${name}`));
  },

  async onCodes(work) {
    try {
      this.codesTold = { isGood: true, words: await work() };
    } catch (error) {
      const words = error.status === 404 ? this.say("repair.unknown_thing") : problemText(this.say, this.data.lang, error);
      this.codesTold = { isGood: false, words };
    }
    this.tell(this.codesTold.words);
    await this.refresh();
    this.draw();
  },

  printing(rows) {
    const { say, data, picked } = this;
    const own = data.stations.filter((one) => one.organisation_code === data.me.organisation);
    const chosen = rows.filter((row) => picked.has(row.key));
    if (!own.length || !rows.length) return null;
    const used = el("input", { type: "number", min: 0, max: 64, value: this.usedLabels ?? 0, "data-focus": "used",
      "aria-label": say("repair.used"), onchange: (event) => { this.usedLabels = Number(event.target.value); } });
    this.sheetKind ??= LABEL_SHEETS[0];
    return el("section", { class: "form box", "data-part": "print" }, el("h3", {}, say("repair.print")),
      el("div", { class: "bar" },
        choice(say("repair.sheet"), LABEL_SHEETS.map((one) => [one, say(`repair_sheet.${one}`)]), this.sheetKind,
          (kind) => { this.sheetKind = kind; }),
        el("label", { class: "field" }, el("span", {}, say("repair.used")), used),
        el("button", { type: "button", class: "plain", "data-focus": "all", onclick: () => {
          rows.forEach((row) => picked.add(row.key));
          this.draw();
        } }, say("repair.pick_all")),
        el("button", { type: "button", class: "main", "data-focus": "print", disabled: !chosen.length,
          onclick: () => this.onCodes(() => this.print(own[0].code, chosen)) },
        say("repair.print_n", { n: chosen.length }))));
  },

  async print(station, chosen) {
    const named = (field) => chosen.map((row) => row.order[field]).filter(Boolean);
    const order = { station, bench_codes: named("bench_code"), asset_numbers: named("asset_number"),
      sheet: this.sheetKind, used: this.usedLabels ?? 0 };
    await download(`${this.data.api}/report-links/labels`, order, `report-${station}.pdf`);
    return this.say("repair.printed", { n: chosen.length });
  },

  assetForm() {
    const { say, data } = this;
    const asset = el("input", { type: "text", maxlength: 64, required: true, "data-focus": "new-asset", "data-keep": "1",
      value: this.newAsset ?? "", oninput: (event) => { this.newAsset = event.target.value; } });
    return el("form", { class: "form box", onsubmit: (event) => {
      event.preventDefault();
      const wanted = asset.value.trim();
      asset.blur();
      this.onCodes(async () => {
        await send("POST", `${data.api}/report-links`, { asset_number: wanted });
        this.newAsset = "";
        return say("task.saved");
      });
    } },
    el("div", { class: "rowed" },
      el("label", { class: "stacked" }, say("repair.asset"), asset),
      el("button", { type: "submit", class: "plain", "data-focus": "make-asset" }, say("repair.make"))));
  },
};

Object.assign(RepairsView.prototype, ReportLinkParts);
