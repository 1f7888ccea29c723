// One request at the right: terms, the steps that are possible now, and all that happened.

const WORDLESS = ["check_in", "finish"];
const RATINGS = [5, 4, 3, 2, 1];

const RequestParts = {
  openRequest(id) {
    this.shown = { request: id };
    this.acting = null;
    this.done = "";
    keepInAddress(this.address());
    this.panel.show(this.say, "…", null, skeleton(8));
    this.lookAtRequest(id);
  },

  async lookAtRequest(id) {
    try {
      const one = await getJson(`${this.data.api}/sharing/requests/${id}`);
      // whoever writes keeps the words while others move on
      if (this.shown?.request === id && !this.acting) this.showRequest(one);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TypeError)) throw error;
      if (this.shown?.request !== id) return;
      this.panel.show(this.say, "", null, el("p", { class: "refused", role: "alert" },
        this.say(error.status === 404 ? "trouble.not_found" : "trouble.details")));
    }
  },

  showRequest(one) {
    const { say, data, panel, done } = this;
    const fact = (name, value) => (value ? [el("dt", {}, say(`sharing_request.${name}`)), el("dd", { "data-fact": name }, value)] : []);
    panel.show(say, inLanguage(data.lang, one, "title"), el("span", { class: "topline" }, this.requestChip(one.state),
      one.hold_until && OPEN_REQUESTS.includes(one.state) ? el("span", { class: "small muted" }, say("sharing_request.until", { at: momentWords(data.lang, one.hold_until) })) : null),
    done ? el("p", { class: "done", role: "status" }, done) : null,
    el("dl", { class: "facts" }, ...fact("when", spanWords(data.lang, one.start_at, one.end_at)),
      ...fact("between", `${one.organisation_code} ← ${one.requester_organisation_code}`),
      ...fact("purpose", one.purpose), ...fact("headcount", String(one.headcount)),
      ...fact("visitor", one.visitor && contactWords(one.visitor)), ...fact("contact", one.contact && contactWords(one.contact)),
      ...fact("used", one.used_s === null ? null : span(say, one.used_s))),
    this.termsBox(one), this.feedbackBox(one), this.actBox(one),
    data.sees_bookings && one.booking_id ? innerLink(this.component, "bookings", { booking: String(one.booking_id), ...data.keep }, say("sharing_request.booking")) : null,
    data.writes_income && one.side === "owner" && ["visiting", "visited"].includes(one.state)
      ? el("p", {}, innerLink(this.component, "utilisation", { income: "new", request: String(one.id), ...data.keep }, `${say("sharing_request.enter_income")} →`)) : null,
    el("section", {}, el("h3", {}, say("sharing_request.history")), el("ol", { class: "history" }, ...one.history.map((entry) => el("li", {},
      el("div", {}, el("strong", {}, say(`sharing_step.${entry.step}`)), " ",
        el("span", { class: "small muted" }, [this.whose(entry), momentWords(data.lang, entry.at)].join(" · "))),
      entry.text ? el("div", {}, entry.text) : null)))));
  },

  whose(entry) {
    return entry.who && entry.side !== "house" ? entry.who
      : this.say(entry.side === "house" ? "sharing_request.side_house" : `sharing_request.who_${entry.side}`);
  },

  termsBox(one) {
    const { say, data } = this;
    if (!one.terms_no) return null;
    return el("section", { class: "box", "data-part": "terms" }, el("h3", {}, say("sharing_request.terms_of", { n: one.terms_no })),
      el("p", { class: "words" }, one.terms || "—"), one.price_note ? el("p", {}, say("sharing_request.price_of", { n: one.price_note })) : null,
      one.accepted_at ? el("p", { class: "done" }, `✓ ${say("sharing_request.is_accepted", { at: momentWords(data.lang, one.accepted_at) })}`) : null);
  },

  feedbackBox(one) {
    const { say } = this;
    const said = ["owner", "requester"].filter((side) => one[`${side}_rating`]).map((side) => el("p", {},
      el("strong", {}, `${say(`sharing_request.who_${side}`)} ${say("sharing_request.rating_of", { n: one[`${side}_rating`] })}`), ` ${one[`${side}_feedback`]}`));
    return said.length ? el("section", { class: "box", "data-part": "feedback" }, el("h3", {}, say("sharing_request.feedback")), ...said) : null;
  },

  actBox(one) {
    const { say } = this;
    if (!one.possible.length) return null;
    const again = (step) => {
      this.acting = step;
      this.done = "";
      this.showRequest(one);
      if (step) this.panel.inside.querySelector("[data-part=step] :is(textarea, input, select)")?.focus();
    };
    if (this.acting && one.possible.includes(this.acting)) return this.stepForm(one, this.acting, () => again(null));
    return el("section", { class: "box", "data-part": "act" }, el("h3", {}, say("sharing_request.act")),
      el("div", { class: "frees" }, ...one.possible.map((step, n) => el("button", { type: "button", class: n ? "plain" : "main", "data-step": step,
        "data-focus": `step-${step}`, onclick: () => again(step) }, say(`sharing_step.${step}`)))));
  },

  stepForm(one, step, back) {
    const { say, data } = this;
    const words = (required = false) => stacked(say("sharing_request.words"), "text", "", { rows: 3, maxlength: 2000, required });
    const fields = {
      offer_terms: () => [stacked(say("sharing_request.terms"), "terms", one.terms, { rows: 5, maxlength: 2000 }),
        stacked(say("sharing_request.price_note"), "price_note", one.price_note, { maxlength: 200 })],
      accept: () => [this.termsBox(one), words()],
      feedback: () => [el("label", { class: "stacked" }, say("sharing_request.rating"), el("select", { name: "rating", "data-focus": "rating" },
        ...RATINGS.map((n) => el("option", { value: n }, say("sharing_request.rating_of", { n }))))), words()],
      comment: () => [words(true)],
    };
    const form = sharingForm(this, "step", WORDLESS.includes(step) ? [] : (fields[step] ?? (() => [words()]))(), async (said) => {
      const order = { step, ...Object.fromEntries(["text", "terms", "price_note"].filter((name) => said.has(name)).map((name) => [name, said.get(name)])),
        ...(step === "accept" && { terms_no: one.terms_no }), ...(said.has("rating") && { rating: Number(said.get("rating")) }) };
      const changed = await send("POST", `${data.api}/sharing/requests/${one.id}/steps`, order);
      this.acting = null;
      this.done = say("sharing_request.done");
      this.showRequest(changed);
      this.refresh();
    }, say(`sharing_step.${step}`), "take-step");
    return el("section", { class: "box" }, el("h3", {}, say(`sharing_step.${step}`)), form,
      el("button", { type: "button", class: "plain back", "data-focus": "back", onclick: back }, say("sharing_request.back")));
  },
};
