// One rectification: what is to be mended, who does it, every step so far, and the steps possible now.

const EVIDENCE_STEPS = new Set(["submit", "comment"]);

const TaskPanelParts = {
  path: "rectifications",
  wordsNeeded: new Set(["return", "comment"]),

  titleOf(id) {
    return this.say("task.title", { id });
  },

  stepWord(step) {
    return this.say(`task_step.${step}`);
  },

  stateWord(state) {
    return this.say(`task_state.${state}`);
  },

  showOne() {
    const { say, data, one } = this;
    if (!one) return;
    const { finding } = one;
    const note = el("p", { class: "muted" },
      `${say("task.title", { id: one.id })} · ${one.station_code} · ${one.row_id || "—"} · ${say(`kind.${one.kind}`)}`);
    const facts = ["required", "found", "reason", "remedy"].filter((name) => finding[name]).flatMap((name) => [
      el("dt", {}, say(`finding.${name}`)), el("dd", { class: name }, bilingual(data.lang, finding[name]))]);
    this.panel.show(say, bilingual(data.lang, finding.item) || say("finding.whole_list"), note,
      el("p", { class: "verdict" }, this.stateMark(one), this.dueMark(one),
        el("span", {}, one.owner ? say("task.owner_is", { who: one.owner }) : say("task.nobody"))),
      one.is_present ? null : el("p", { class: "done" }, `✓ ${say("task.gone")}`),
      el("section", { class: "box" }, el("h3", {}, say("task.finding")),
        el("dl", { class: "facts" }, ...facts),
        el("p", { class: "small muted" }, say("task.as_found", { at: clock(data.lang, one.opened_at),
          version: one.list_version })),
        innerLink(this.component, "gaps",
          { station: one.station_code, text: one.row_id, show: "all", ...data.keep }, say("task.in_gaps"))),
      this.assigning(),
      this.steps(),
      this.history());
  },

  steps() {
    const { one, data } = this;
    const steps = one.possible.filter((step) => step !== "assign");
    // a document belongs to who hands it in, and the school could not open its evaluator's
    const canAttach = data.may_attach && one.organisation_code === data.me.organisation
      && steps.some((step) => EVIDENCE_STEPS.has(step));
    const main = new Set(["submit", "accept"]);
    return this.acting({ steps, canAttach, main, evidence: this.say("task.evidence") });
  },
};

Object.assign(TasksView.prototype, SteppingParts, TaskPanelParts);
