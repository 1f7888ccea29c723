// How many examinees the day holds, with the way it is worked out.

const PlanCapacity = {
  examDay() {
    const { say, capacity, plan } = this;
    const parts = [el("h2", {}, say("capacity.title"))];
    if (!plan.is_possible) {
      parts.push(el("p", { class: "muted" }, say("whatif.impossible")));
    } else if (capacity.workstations === null) {
      parts.push(el("div", { class: "empty" }, el("p", {}, say("capacity.unknown"))));
    } else {
      parts.push(this.capacityFigures(), this.capacityForm(), this.capacityAnswer(), this.sittings(),
        el("p", { class: "small muted" }, say("capacity.how")));
    }
    return el("section", { class: "capacity", "data-most": capacity.most_examinees }, ...parts);
  },

  capacityFigures() {
    const { say, capacity: day } = this;
    const figure = (name, value, note) => el("div", { class: "figure", "data-figure": name },
      el("div", { class: "label" }, say(`capacity.${name}`)), el("div", { class: "value" }, value),
      el("div", { class: "note" }, note));
    const lacking = day.workstations - day.equipped;
    return el("div", { class: "figures" },
      figure("most", say("capacity.people", { n: day.most_examinees }), lacking ? `! ${say("capacity.missing", { n: lacking })}` : ""),
      figure("equipped", String(day.equipped), say("capacity.of_places", { n: day.workstations })),
      figure("cycles", String(day.possible_cycles), this.cyclesNote()));
  },

  cyclesNote() {
    const { say, capacity: day } = this;
    const byTime = Math.floor(day.opening_minutes / day.exam_minutes);
    return day.possible_cycles < byTime ? say("capacity.cycles_limit", { n: day.daily_per_workstation })
      : say("capacity.cycles_note", { open: day.opening_minutes, exam: day.exam_minutes });
  },

  capacityForm() {
    const { say, capacity: day } = this;
    // a number that somebody typed here needs no source
    const from = (source) => (source && source !== "asked" ? el("span", {}, say(`capacity_from.${source}`)) : "");
    const field = (name, value, most) => el("label", { class: "stacked" }, say(`capacity.${name}`),
      el("input", { type: "number", min: name === "examinees" ? 0 : 1, max: most, value, "data-field": name,
        "data-focus": `day-${name}`, onchange: (event) => this.ask(name, event.target) }),
      from(day[`${name}_from`]));
    return el("div", { class: "rowed" },
      field("examinees", this.day.examinees, 100000),
      field("exam_minutes", day.exam_minutes, 1440),
      field("opening_minutes", day.opening_minutes, 1440));
  },

  ask(name, input) {
    if (!input.checkValidity()) {
      input.reportValidity();
      return;
    }
    this.day = { ...this.day, [name]: input.value };
    if (name === "examinees") keepInAddress({ examinees: input.value });
    this.refresh();
  },

  capacityAnswer() {
    const { say, capacity: day } = this;
    if (!day.equipped) return el("p", { class: "refused" }, `✕ ${say("capacity.none")}`);
    if (day.fits === null || day.cycles === null) return null;
    const values = { n: day.examinees, cycles: day.cycles, minutes: day.minutes, possible: day.possible_cycles };
    return day.fits ? el("p", { class: "clean", role: "status" }, `✓ ${say("capacity.fits", values)}`)
      : el("p", { class: "refused", role: "status" }, `✕ ${say("capacity.no_fit", values)}`);
  },

  // The sittings of the day as blocks, each with how many sit in it.
  sittings() {
    const { say, capacity: day } = this;
    if (!day.cycles || day.cycles > MOST_SITTINGS) return null;
    const blocks = Array.from({ length: day.cycles }, (_, place) => {
      const seated = Math.min(day.equipped, day.examinees - place * day.equipped);
      const isLate = place >= day.possible_cycles;
      return el("li", { class: isLate ? "late" : "", title: say("capacity.sitting", { n: place + 1 }) },
        el("span", { class: "small" }, `${isLate ? "✕ " : ""}${say("capacity.sitting", { n: place + 1 })}`),
        el("strong", {}, say("capacity.people", { n: seated })));
    });
    return el("ol", { class: "sittings" }, ...blocks);
  },
};

Object.assign(PlanView.prototype, PlanCapacity);
