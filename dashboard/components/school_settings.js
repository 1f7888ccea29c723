// What a school sets once in a while: its calendar, its rules of booking, the timetable; and everybody's
// calendar subscriptions.

class SchoolSettingsView extends WorkView {
  constructor(root) {
    super(root);
    this.tab = "";
    this.drafts = {};
    this.openLines = new Set();
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    this.tab = asked.tab ?? "";
  }

  address() {
    return { tab: this.tab };
  }

  // what somebody writes here stays until it is saved
  soon() {}

  async load() {
    const { api, sees_calendar: sees } = this.data;
    const [feeds, calendar, policies, benches, rooms] = await Promise.all([
      getJson(`${api}/calendar-feeds`),
      sees ? getJson(`${api}/school-calendar`) : null,
      sees ? getJson(`${api}/booking-policies`) : [],
      sees ? allPages(`${api}/benches`) : [],
      sees ? allPages(`${api}/rooms`).catch(() => []) : [],
    ]);
    const { me, lang } = this.data;
    const own = (one) => one.organisation_code === me.organisation;
    const thing = (kind) => (one) => [`${kind}:${me.organisation}/${one.code}`, `${one.code} ${inLanguage(lang, one, "name")}`];
    const things = [...benches.filter(own).map(thing("bench")), ...rooms.filter(own).map(thing("room"))];
    return () => Object.assign(this, { feeds, calendar, policies, things });
  }

  render() {
    const { say, data } = this;
    const tabs = ["", ...(data.sees_calendar ? ["calendar", "policies"] : []), ...(data.may_book ? ["timetable"] : [])]
      .map((one) => [one, say(`school_set.tab_${one || "feeds"}`)]);
    const parts = { calendar: () => this.calendarParts(), policies: () => this.policyParts(), timetable: () => this.timetableParts() };
    fill(this.body, el("div", { class: "bar" }, segments(say("school_set.tab"), tabs, this.tab, (tab) => { this.tab = tab; this.draw(); })),
      ...(parts[this.tab] ?? (() => this.feedParts()))());
  }

  // Does something; a refusal stands in `told` and nothing else changes.
  async attempt(told, button, act) {
    button.disabled = true;
    fill(told);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      const rows = error.problem?.problems ?? [];
      fill(told, el("span", { class: "refused" }, problemText(this.say, this.data.lang, error)), rows.length ? el("ul", { class: "lines" },
        ...rows.map((one) => el("li", {}, `${this.say("school_set.row", { n: one.row })} ${problemWords(this.data, one)}`))) : null);
    } finally {
      button.disabled = false;
    }
  }

  told() {
    return el("div", { role: "status" });
  }

  // What takes something away asks once more, in its own place.
  sure(words, sure, focus, act) {
    const button = el("button", { type: "button", class: "plain", "data-focus": focus, onclick: () => {
      if (button.dataset.sure) return act(button);
      button.dataset.sure = "yes";
      button.textContent = sure;
      return null;
    } }, words);
    return button;
  }
}

function problemWords({ lang, texts }, one) {
  const expected = one[lang === "en" ? "expected_en" : "expected_zh"];
  const column = texts[`school_set.column_${one.column}`] ?? texts[`school_set.${one.column}`] ?? one.column;
  return [column, one.value && `“${one.value}”`, expected].filter(Boolean).join(" · ");
}

Object.assign(SchoolSettingsView.prototype, FeedParts, CalendarParts, PolicyParts, PolicyFormParts, PolicyTrialParts, TimetableParts);

export default function (component) {
  return mounted(component, SchoolSettingsView);
}
