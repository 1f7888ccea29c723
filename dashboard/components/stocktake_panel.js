// One stocktake at the right: the way to it by phone, its figures, its pieces and what it proposes.

Object.assign(StocktakesView.prototype, {
  async open(id) {
    this.id = id;
    this.result = "";
    this.most = ROWS_AT_ONCE;
    keepInAddress(this.address());
    this.panel.show(this.say, this.say("count.title", { id }), null, skeleton(8));
    try {
      const sheet = await this.sheetOf(id);
      if (this.id === id) this.showOne(sheet);
    } catch (error) {
      if (this.id !== id) return;
      const words = error.status === 404 ? "trouble.not_found" : "trouble.details";
      this.panel.show(this.say, this.say("count.title", { id }), null,
        el("p", { class: "refused", role: "alert" }, this.say(words)));
    }
  },

  showOne(sheet) {
    const { say, data } = this;
    const one = sheet.stocktake;
    this.sheet = sheet;
    const present = COUNTED.filter((name) => one.counts[name]);
    if (!present.includes(this.result)) {
      this.result = ["missing", "wrong_place", "expected"].find((name) => present.includes(name)) ?? present[0] ?? "";
    }
    const scroll = this.panel.dialog.scrollTop;
    const note = el("p", { class: "muted" }, [one.station_code, one.locations.join("、") || say("count.whole"),
      `${one.ended_by ?? one.started_by} ${clock(data.lang, one.ended_at ?? one.started_at)}`].join(" · "));
    this.panel.show(say, this.nameOf(one), note,
      el("p", { class: "verdict" }, this.mark(one), this.progress(one)),
      one.note ? el("p", { class: "words" }, one.note) : null,
      this.wayIn(one),
      this.phones(one),
      one.sha256 ? el("p", { class: "small muted hash" }, `${say("count.hash")} ${one.sha256}`) : null,
      segments(say("count.result"), present.map((name) =>
        [name, `${say(`count_result.${name}`)} ${one.counts[name]}`]), this.result, (result) => {
        this.result = result;
        this.most = ROWS_AT_ONCE;
        this.showOne(this.sheet);
      }),
      this.pieces(),
      this.proposed());
    this.panel.dialog.scrollTop = scroll;
  },

  wayIn(one) {
    const { say, data } = this;
    const address = `/stocktake/${one.id}${data.lang === "en" ? "?lang=en" : ""}`;
    const isOpen = one.state === "open";
    const words = isOpen ? (one.may_manage ? "count.to_end" : "count.to_count") : "count.to_record";
    const isHereOnly = ["localhost", "127.0.0.1", "[::1]"].includes(window.location.hostname);
    return el("section", { class: "box way" },
      isOpen ? el("img", { class: "qr", src: `${data.api}/stocktakes/${one.id}/code`, alt: say("count.qr") }) : null,
      el("div", {},
        isOpen ? el("p", {}, say("count.qr_hint")) : null,
        isOpen && isHereOnly ? el("p", { class: "late small" }, `! ${say("count.here_only")}`) : null,
        el("a", { href: address, target: "_blank", rel: "noopener" }, say(words))));
  },

  phones(one) {
    const { say, data } = this;
    if (!one.devices.length) return null;
    return el("ul", { class: "phones small" }, ...one.devices.map((phone) => el("li", {},
      `${phone.who} · ${clock(data.lang, phone.seen_at)} `,
      phone.unsent ? el("span", { class: "late" }, `! ${say("count.unsent", { n: phone.unsent })}`) : null)));
  },

  pieces() {
    const { say, sheet, result } = this;
    const entries = result === "unknown"
      ? sheet.unknown.map((seen) => ({ title: seen.code, facts: [], seen }))
      : sheet.rows.filter((row) => row.result === result).map((row) => ({
        title: inLanguage(this.data.lang, row, "item"),
        facts: [row.asset_number, row.location],
        counted: row.seen?.counted ? say("count.counted", { n: row.seen.counted, all: row.quantity }) : null,
        seen: row.seen,
      }));
    if (!entries.length) return null;
    // what people said of it is looked at first
    const said = (one) => Number(Boolean(one.seen?.note || one.seen?.document_ids.length || one.counted));
    entries.sort((a, b) => said(b) - said(a));
    const left = entries.length - this.most;
    return el("section", {},
      el("ul", { class: "pieces" }, ...entries.slice(0, this.most).map((one) => this.piece(one))),
      left > 0 ? el("button", { type: "button", class: "plain", "data-focus": "more", onclick: () => {
        this.most += ROWS_AT_ONCE;
        this.showOne(this.sheet);
      } }, say("count.show_more", { n: left })) : null);
  },

  piece({ title, facts, seen, counted }) {
    const { say, data } = this;
    const place = seen?.location ? say("count.seen_at", { place: seen.location }) : null;
    const who = seen ? `${seen.who} ${clock(data.lang, seen.scanned_at)}` : null;
    return el("li", {}, el("strong", {}, title),
      el("span", { class: "small muted" }, [...facts, place, counted, who].filter(Boolean).join(" · ")),
      seen?.note ? el("p", { class: "words" }, seen.note) : null,
      ...(seen?.document_ids ?? []).map((id) => {
        const address = `${data.api}/documents/${encodeURIComponent(id)}/content`;
        return el("a", { href: address, download: true },
          el("img", { class: "photo", src: address, alt: say("count.photo"), loading: "lazy" }));
      }));
  },

  valueOf(one, value) {
    const isStatus = one.kind === "mark_missing" || one.kind === "put_back_in_service";
    return value && isStatus ? this.say(`equipment_status.${value}`) : value || "—";
  },

  proposed() {
    const { say, sheet } = this;
    const { proposals } = sheet;
    if (!proposals.length) return null;
    const open = proposals.filter((one) => one.state === "open");
    const mayDecide = sheet.stocktake.may_manage && open.length > 0;
    const told = el("p", { class: "refused", role: "alert" });
    const decide = (isApplied) => async (event) => {
      event.target.disabled = true;
      const keys = open.map((one) => ({ asset_number: one.asset_number, kind: one.kind }));
      try {
        await send("POST", `${this.data.api}/stocktakes/${sheet.stocktake.id}/proposals/decision`,
          { is_applied: isApplied, proposals: keys });
        this.tell(say("task.saved"));
        await this.refresh();
      } catch (error) {
        told.textContent = problemText(say, this.data.lang, error);
        event.target.disabled = false;
      }
    };
    return el("section", { class: "form box", "data-part": "proposals" }, el("h3", {}, say("count.proposals")),
      el("ul", { class: "pieces" }, ...proposals.map((one) => el("li", {},
        el("span", {}, el("strong", {}, say(`count_kind.${one.kind}`)), ` ${one.item_zh} ${one.asset_number}`),
        el("span", { class: "small muted" },
          `${this.valueOf(one, one.old)} → ${this.valueOf(one, one.new)} · ${say(`count_proposal.${one.state}`)}`)))),
      told,
      mayDecide ? el("p", { class: "small muted" }, say("count.some")) : null,
      mayDecide ? el("div", { class: "bar" },
        el("button", { type: "button", class: "main", "data-focus": "apply", onclick: decide(true) },
          say("count.apply", { n: open.length })),
        el("button", { type: "button", class: "plain", "data-focus": "decline", onclick: decide(false) },
          say("count.decline"))) : null);
  },
});
