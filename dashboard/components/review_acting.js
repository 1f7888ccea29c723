// What is needed now, and the steps the visitor may take; words are asked for before they are missed.

const HARD_STEPS = ["withdraw", "suspend", "revoke"];
const NEED_WORDS = [...HARD_STEPS, "return"];

const ReviewActing = {
  acting() {
    const { say, data, page } = this;
    const isMine = page.waiting_for === data.side && data.may_act;
    const last = page.history.at(-1);
    const back = ["return", "suspend"].includes(last?.step) ? last : null;
    const key = last?.step === "suspend" ? "review.suspended_by" : "review.returned_by";
    return el("section", { class: `needed ${isMine ? "mine" : ""}`, "data-needed": page.state },
      el("h2", {}, say("review.now")),
      el("p", {}, say(`need.${page.state}`)),
      back ? el("div", { class: "box back-words" },
        el("p", { class: "small muted" },
          say(key, { who: back.who, at: dayAndTime(data.lang, back.at) })),
        el("p", { class: "quote" }, back.text)) : null,
      this.presentCheck(),
      this.stepForm());
  },

  presentCheck() {
    const { say, data, page, component, looked } = this;
    if (!page.waiting_for || this.later) return null;
    const binding = looked.found.difference.binding_after;
    const station = { station: data.station.code, ...data.keep };
    return el("p", { class: binding ? "gaps" : "clean" },
      el("span", {}, binding ? `✕ ${say("review.check_binding", { n: binding })}`
        : `✓ ${say("review.check_clean")}`),
      " ", innerLink(component, "gaps", station, say("review.to_gaps")),
      " ", innerLink(component, "plan", station, say("review.to_plan")));
  },

  stepForm() {
    const { page, data } = this;
    if (!data.may_act || !page.possible.length) return null;
    // kept as it is while the house moves on: it may hold words and papers
    const key = `${data.lang} ${page.state} ${page.changed_at}`;
    if (this.form?.key !== key) this.form = { key, node: this.freshForm() };
    return this.form.node;
  },

  freshForm() {
    const { page } = this;
    const main = page.possible.filter((step) => !HARD_STEPS.includes(step));
    const hard = page.possible.filter((step) => HARD_STEPS.includes(step));
    return el("div", { class: "form" },
      main.length ? this.mainForm(main) : null,
      hard.length ? this.hardForm(hard) : null);
  },

  mainForm(steps) {
    const { say } = this;
    const label = steps.includes("pass_conditions") ? "review.words_pass"
      : steps.includes("return") ? "review.words_return" : "review.words";
    const words = el("textarea", { maxlength: 2000, "data-field": "words", "aria-label": say(label) });
    const papers = papersField(say);
    const said = el("p", { role: "alert", class: "refused" });
    const buttons = steps.map((step) => el("button", {
      type: "button", class: step === "return" ? "plain bad" : "main", "data-step": step,
      onclick: (event) => this.takeStep(step, { words, papers, said, button: event.currentTarget }),
    }, `${step === "return" ? "↩ " : ""}${say(`review_step.${step}`)}`));
    return el("form", { class: "form", onsubmit: (event) => event.preventDefault() },
      el("label", { class: "stacked" }, say(label), words),
      papers,
      el("p", { class: "small muted" }, say("review.freezes")),
      said,
      el("div", { class: "rowed" }, ...buttons));
  },

  hardForm(steps) {
    const { say } = this;
    const words = el("textarea", { maxlength: 2000, "aria-label": say("review.words") });
    const said = el("p", { role: "alert", class: "refused" });
    const papers = papersField(say);
    const parts = steps.map((step) => {
      const button = el("button", { type: "button", class: "plain bad", disabled: true, "data-step": step,
        onclick: () => this.takeStep(step, { words, papers, said, button }) }, say(`review_step.${step}`));
      const sure = el("input", { type: "checkbox", onchange: (event) => {
        button.disabled = !event.target.checked;
      } });
      const label = say("review.sure", { step: say(`review_step.${step}`) });
      return el("div", { class: "rowed" }, el("label", { class: "sure" }, sure, ` ${label}`), button);
    });
    return el("details", { class: "other" }, el("summary", {}, say("review.other")),
      el("p", { class: "small muted" }, say("review.other_note")),
      el("label", { class: "stacked" }, say("review.words"), words),
      papers, said, ...parts);
  },

  async takeStep(step, { words, papers, said, button }) {
    const { say, data, page } = this;
    const text = words.value.trim();
    said.textContent = this.missingWords(step, text);
    if (said.textContent) {
      words.focus();
      return;
    }
    button.disabled = true;
    try {
      const ids = await sendPapers(data.api, page.organisation_code, papers);
      const order = { step, text, document_ids: ids };
      await send("POST", `${data.api}/reviews/${page.id}/steps`, order);
      this.then = "";
      this.later = "";
      this.looked = null;
      this.root.getRootNode().activeElement?.blur();
      this.tell(say("review.sent", { step: say(`review_step.${step}`) }));
      await this.refresh();
    } catch (error) {
      said.textContent = problemText(say, data.lang, error);
      button.disabled = false;
    }
  },

  missingWords(step, text) {
    const { say, looked } = this;
    if (text) return "";
    if (NEED_WORDS.includes(step)) return say("review.needs_words");
    if (step !== "pass_conditions") return "";
    const n = looked.found.difference.binding_after;
    return n ? say("review.needs_reason", { n }) : "";
  },
};

Object.assign(ReviewView.prototype, ReviewActing);
