// A school's people as far as a station needs to know them: who does what, and whose papers hold.

const BAD_PAPERS = ["review_due", "expired", "unknown"];
const STAFF_TABS = ["people", "proof", "coverage"];

function answerPill(say, isMet) {
  if (isMet === null) return pill("unknown", "?", say("staff.unknown"));
  return isMet ? pill("ready", "✓", say("staff.met")) : pill("not", "✕", say("staff.not_met"));
}

class StaffView extends KeepView {
  constructor(root) {
    super(root);
    this.filters = { tab: "people", role: "" };
    this.text = "";
  }

  take(asked) {
    this.filters = { tab: STAFF_TABS.includes(asked.tab) ? asked.tab : "people", role: asked.role ?? "" };
    this.text = "";
    this.panel.close();
  }

  address() {
    return { ...this.filters, tab: this.filters.tab === "people" ? "" : this.filters.tab };
  }

  get member() {
    return this.people.find((one) => one.id === this.memberId);
  }

  async load() {
    const { data } = this;
    const rules = await this.allowed(
      `${data.api}/stations/${encodeURIComponent(data.station.code)}/staff-rules`);
    const people = await allPages(`${data.api}/staff`);
    return () => {
      this.rules = rules;
      this.people = people.filter((one) => one.organisation_code === data.station.organisation_code);
      if (this.panel.isOpen && this.memberId) this.showPanel();
    };
  }

  set(values) {
    Object.assign(this.filters, values);
    this.draw();
  }

  render() {
    const { say, data, rules, people, filters } = this;
    if (!rules) {
      fill(this.body, this.empty(say("trouble.not_allowed_hint")));
      return;
    }
    const bar = el("div", { class: "bar" },
      segments(say("staff.tab"), STAFF_TABS.map((one) => [one, say(`staff.${one}`)]), filters.tab,
        (tab) => this.set({ tab })),
      data.may_write ? el("button", { type: "button", class: "main", "data-focus": "add",
        onclick: () => this.openNew() }, `＋ ${say("staff.add")}`) : null);
    const parts = { people: () => this.list(), proof: () => this.proof(), coverage: () => this.coverage() };
    fill(this.body, bar, people.length ? parts[filters.tab]()
      : this.empty(say("staff.none"), el("p", {}, say("staff.none_hint"))),
    this.tables("staff", data.station.organisation_code));
  }

  list() {
    const { say, data, filters } = this;
    const text = this.text.trim().toLowerCase();
    const shown = this.people.filter((one) => (!filters.role || one.roles.includes(filters.role))
      && (!text || `${one.number} ${one.name}`.toLowerCase().includes(text)));
    const search = el("input", { type: "text", value: this.text, placeholder: say("keeping.search"),
      "aria-label": say("keeping.search"), "data-focus": "search", "data-keep": true,
      oninput: (event) => {
        this.text = event.target.value;
        this.draw();
      } });
    const count = (role) => this.people.filter((one) => one.roles.includes(role)).length;
    return el("div", {},
      el("div", { class: "bar" }, search,
        choice(say("staff.role"), [["", say("keeping.all")], ...data.roles.map((one) =>
          [one, `${say(`staff_role.${one}`)} ${count(one)}`])], filters.role, (role) => this.set({ role }))),
      shown.length ? el("ul", { class: "rows" }, ...shown.map((one) => this.line(one)))
        : this.empty(say("keeping.none_of_filter"), el("button", { type: "button", class: "plain",
          "data-focus": "reset", onclick: () => { this.text = ""; this.set({ role: "" }); } }, say("keeping.reset"))));
  }

  line(one) {
    const { say } = this;
    const bad = one.certificates.filter((paper) => BAD_PAPERS.includes(paper.state)).length;
    return el("li", { "data-member": one.number }, el("button", {
      type: "button", class: "row", "data-focus": `member-${one.id}`, onclick: () => this.open(one.id),
    },
    el("span", {}, el("strong", {}, one.name || one.number),
      el("span", { class: "small muted ids" }, `${one.number} · ${say(`affiliation.${one.affiliation}`)}`)),
    el("span", {}, this.rolesOf(one)),
    el("span", { class: "small muted" }, [one.station_codes.join(" ") || say("keeping.every_station"),
      this.service(one)].filter(Boolean).join(" · ")),
    el("span", { class: "marks" }, bad ? pill("not", "✕", say("staff.bad_papers", { n: bad })) : null)));
  }

  rolesOf(one) {
    return one.roles.map((role) => this.say(`staff_role.${role}`)).join("、")
      + (one.is_school_leader ? `（${this.say("staff.is_school_leader")}）` : "");
  }

  service(one) {
    const { say, rules } = this;
    if (one.left_on && one.left_on < rules.date) return say("staff.left", { day: one.left_on });
    if (one.joined_on && one.joined_on > rules.date) return say("staff.not_yet", { day: one.joined_on });
    return "";
  }

  closed() {
    const id = this.memberId;
    this.memberId = null;
    this.formNode = null;
    if (id) this.body.querySelector(`[data-focus="member-${id}"]`)?.focus();
  }
}

export default function (component) {
  return mounted(component, StaffView);
}
