// Open sharing: what others share and is free, the requests of both sides, and what my school shares.

const SHARING_FILTERS = { tab: "", q: "", profile: "", module: "", hours: "", days: "14", near: "", within_km: "", alive: "", calibrated: "" };
const OPEN_REQUESTS = ["requested", "terms_offered"];
const AGREED_REQUESTS = ["agreed", "visiting"];
const REQUEST_LOOKS = { requested: ["◔", "advice"], terms_offered: ["◔", "advice"], agreed: ["✓", "ready"], visiting: ["▶", "use"],
  visited: ["✓", "off"], missed: ["✕", "not"] };

class SharingView extends WorkView {
  constructor(root) {
    super(root);
    this.filters = { ...SHARING_FILTERS };
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    for (const name of Object.keys(SHARING_FILTERS)) if (asked[name]) this.filters[name] = asked[name];
    if (asked.request) {
      this.filters.tab = "requests";
      this.openRequest(Number(asked.request));
    } else if (asked.offer) this.openOffer(Number(asked.offer));
  }

  address() {
    const { filters, shown } = this;
    const kept = Object.fromEntries(Object.entries(filters).map(([name, value]) => [name, value === SHARING_FILTERS[name] ? "" : value]));
    return { ...kept, request: shown?.request ?? "", offer: shown?.offer ?? "" };
  }

  async load() {
    const { api, may_manage: mayManage } = this.data;
    const asked = JSON.stringify(this.filters);
    const [found, requests, own] = await Promise.all([
      this.search(), allPages(`${api}/sharing/requests`), mayManage ? getJson(`${api}/sharing/own-offers`) : [],
    ]);
    return () => {
      Object.assign(this, { requests, own });
      if (asked === JSON.stringify(this.filters)) this.found = found;
      if (this.shown?.request && this.panel.isOpen && !this.acting) this.lookAtRequest(this.shown.request);
    };
  }

  // null: what was asked for can't be looked for
  async search() {
    const { days, tab, ...filters } = this.filters;
    const query = new URLSearchParams({ to: new Date(Date.now() + Number(days) * DAY_MINUTES * MINUTE_MS).toISOString(), limit: "100" });
    for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
    try {
      return await getJson(`${this.data.api}/sharing/offers?${query}`);
    } catch (error) {
      if (error instanceof Refused && error.status === 422) return null;
      throw error;
    }
  }

  render() {
    const { say, data, filters } = this;
    const waiting = this.requests.filter((one) => OPEN_REQUESTS.includes(one.state)).length;
    const tabs = ["", "requests", ...(data.may_manage ? ["own"] : [])]
      .map((one) => [one, say(`sharing.tab_${one || "find"}`, { n: waiting || "" })]);
    const page = `/open-sharing${data.lang === "en" ? "?lang=en" : ""}`;
    const head = el("div", { class: "bar" },
      segments(say("sharing.tab"), tabs, filters.tab, (tab) => { filters.tab = tab; this.saved = ""; this.draw(); }),
      data.may_manage && filters.tab === "own" ? el("button", { type: "button", class: "main", "data-focus": "new",
        onclick: () => this.editOffer(null) }, `＋ ${say("sharing.new")}`) : null,
      el("a", { class: "public", href: page, target: "_blank", rel: "noopener" }, say("sharing.public")));
    const parts = { requests: () => this.requestParts(), own: () => this.ownParts() };
    fill(this.body, head, ...(parts[filters.tab] ?? (() => this.findParts()))());
  }

  requestParts() {
    const { say, requests } = this;
    if (!requests.length) {
      return [el("div", { class: "empty" }, el("p", {}, say("sharing_request.none")), el("p", {}, say("sharing_request.none_hint")))];
    }
    const group = (one) => (OPEN_REQUESTS.includes(one.state) ? "open" : AGREED_REQUESTS.includes(one.state) ? "agreed" : "over");
    return ["open", "agreed", "over"].map((name) => {
      const its = requests.filter((one) => group(one) === name);
      return el("section", { class: "group", "data-group": name }, el("h3", {}, `${say(`sharing_request.${name}`)} ${its.length}`),
        its.length ? el("div", { class: "cards" }, ...its.map((one) => this.requestCard(one)))
          : el("p", { class: "muted" }, say("sharing_request.no_such")));
    });
  }

  requestChip(state) {
    const [glyph, kind] = REQUEST_LOOKS[state] ?? ["–", "off"];
    return pill(kind, glyph, this.say(`sharing_state.${state}`));
  }

  requestCard(one) {
    const { say, data } = this;
    const other = one.side === "owner" ? one.requester_organisation_code : one.organisation_code;
    return el("button", { type: "button", class: "card", "data-request": one.id, "data-focus": `request-${one.id}`,
      onclick: () => this.openRequest(one.id) },
    el("span", { class: "topline" }, this.requestChip(one.state), el("span", { class: "chip" }, say(`sharing_request.side_${one.side}`))),
    el("strong", {}, inLanguage(data.lang, one, "title")),
    el("span", {}, spanWords(data.lang, one.start_at, one.end_at)),
    el("span", { class: "small muted" }, [other, one.purpose].join(" · ")),
    one.hold_until && OPEN_REQUESTS.includes(one.state)
      ? el("span", { class: "small" }, say("sharing_request.until", { at: momentWords(data.lang, one.hold_until) })) : null);
  }

  closed() {
    const { shown } = this;
    this.shown = null;
    this.acting = null;
    keepInAddress(this.address());
    const again = shown?.request ? `request-${shown.request}` : shown?.offer ? `offer-${shown.offer}` : "new";
    this.body.querySelector(`[data-focus="${CSS.escape(again)}"]`)?.focus();
  }
}

function momentWords(lang, iso) {
  return schoolWords(lang, iso, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

// A form that says by its own line why it was refused.
function sharingForm(view, part, fields, act, button, focus) {
  const told = el("p", { class: "refused", role: "alert" });
  const main = el("button", { type: "submit", class: "main", "data-focus": focus }, button);
  return el("form", { class: "form", "data-part": part, onsubmit: async (event) => {
    event.preventDefault();
    main.disabled = true;
    told.textContent = "";
    try {
      await act(new FormData(event.target));
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      told.textContent = problemText(view.say, view.data.lang, error);
    } finally {
      main.disabled = false;
    }
  } }, ...fields, told, el("div", {}, main));
}

function stacked(label, name, value, attributes = {}) {
  const { rows, ...others } = attributes;
  const field = rows
    ? el("textarea", { name, rows, "data-focus": name, ...others }, value ?? "")
    : el("input", { type: "text", name, value: value ?? "", "data-focus": name, ...others });
  return el("label", { class: "stacked" }, label, field);
}

function ticked(label, name, isOn, attributes = {}) {
  return el("label", { class: "tick" }, el("input", { type: "checkbox", name, checked: isOn, "data-focus": name, ...attributes }), label);
}

Object.assign(SharingView.prototype, OfferFindingParts, RequestParts, OwnOfferParts);

export default function (component) {
  return mounted(component, SharingView);
}
