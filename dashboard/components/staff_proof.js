// What the people of a station prove together: two shares, the trainer rule, and who may teach what.

Object.assign(StaffView.prototype, {
  proof() {
    return el("div", {},
      el("div", { class: "pair" }, this.share("dual_qualified"), this.share("industry_experts")),
      this.trainers());
  },

  share(name) {
    const { say, data } = this;
    const one = this.rules[name];
    return el("section", { class: "box", "data-share": name },
      el("h3", {}, say(`staff.${name}`)),
      el("p", { class: "marks" }, answerPill(say, one.is_met),
        one.whole ? el("strong", {}, say("staff.share_is", one)) : null,
        el("span", { class: "muted" }, say("staff.share_least", { percent: one.least_percent }))),
      el("p", { class: "small muted" }, `${say("staff.share_explained")}${say(`staff.${name}_explained`)}`),
      one.whole ? el("ul", { class: "papers" }, ...one.persons.map((person) => el("li", {},
        el("span", { class: "marks" },
          person.counts ? pill("ready", "✓", say("staff.counts")) : pill("off", "–", say("staff.does_not_count")),
          el("strong", {}, person.name || person.number), el("span", { class: "small muted" }, person.number)),
        el("span", { class: "small" }, bilingual(data.lang, person.reason)))))
        : el("p", {}, say("staff.no_team")));
  },

  trainers() {
    const { say, data, rules } = this;
    const parts = data.trainer_parts;
    const cell = (part) => el("td", { "data-label": say(`trainer_part.${part.name}`) },
      el("div", {}, answerPill(say, part.is_met), el("span", { class: "small ids" }, bilingual(data.lang, part.said))));
    const table = () => el("table", { class: "keep" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("staff.trainer")),
        ...parts.map((name) => el("th", { scope: "col" }, say(`trainer_part.${name}`))))),
      el("tbody", {}, ...rules.trainers.map((one) => el("tr", { "data-trainer": one.number },
        el("th", { scope: "row" }, el("div", { class: "marks" }, answerPill(say, one.is_met), one.name || one.number),
          el("span", { class: "small muted ids" }, `${one.number} · ${say(`level_full.${one.level}`)}`)),
        ...parts.map((name) => one.parts.find((part) => part.name === name)).filter(Boolean).map(cell)))));
    return el("section", { class: "part" }, el("h3", {}, say("staff.trainers")),
      el("p", { class: "small muted" }, say("staff.trainers_explained")),
      rules.trainers.length ? table() : el("p", {}, say("staff.no_trainers")));
  },

  coverage() {
    const { say, rules } = this;
    const modules = [...new Set(rules.coverage.map((one) => one.module))];
    const levels = [...new Set(rules.coverage.map((one) => one.level))];
    const named = (number) => this.people.find((one) => one.number === number)?.name || number;
    const cell = (module, level) => {
      const { trainers } = rules.coverage.find((one) => one.module === module && one.level === level);
      return el("td", { "data-label": say(`level_full.${level}`) }, el("div", {}, trainers.length
        ? [pill("ready", "✓", trainers.length), " ", el("span", { class: "small" }, trainers.map(named).join("、"))]
        : pill("not", "✕", say("staff.nobody"))));
    };
    return el("section", {}, el("table", { class: "keep" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("staff.module")),
        ...levels.map((one) => el("th", { scope: "col" }, say(`level_full.${one}`))))),
      el("tbody", {}, ...modules.map((module) => el("tr", { "data-module": module },
        el("th", { scope: "row" }, `${module} ${say(`module.${module}`)}`),
        ...levels.map((level) => cell(module, level)))))));
  },
});
