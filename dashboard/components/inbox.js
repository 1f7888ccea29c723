// A person's messages, the latest first; each leads to the page it is about.

const INBOX_PAGE = 30;
const ASK_EVERY_MS = 20000;
const SCHOOL_TIME = { timeZone: "Asia/Shanghai", hour12: false };

class InboxView extends WorkView {
  constructor(root) {
    super(root);
    this.shown = "unread";
    this.most = INBOX_PAGE;
    this.trouble = "";
    this.clock = setInterval(() => document.hidden || this.panel.isOpen || this.refresh(), ASK_EVERY_MS);
  }

  destroy() {
    clearInterval(this.clock);
    super.destroy();
  }

  identity(data) {
    return JSON.stringify([data.lang, data.me.username]);
  }

  take(asked) {
    if (asked.show === "all") this.shown = "all";
  }

  address() {
    return { show: this.shown === "all" ? "all" : "" };
  }

  async load() {
    const query = new URLSearchParams({ lang: this.data.lang });
    if (this.shown === "unread") query.set("unread", "true");
    const items = [];
    let found = null;
    do {
      query.set("limit", String(Math.min(200, this.most - items.length)));
      query.set("offset", String(items.length));
      found = await getJson(`${this.data.api}/inbox?${query}`);
      items.push(...found.items);
    } while (found.next !== null && items.length < this.most);
    return () => {
      // what was told late, of an earlier day, stands with its day
      this.items = items.sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
      this.total = found.total;
      this.unread = found.unread;
    };
  }

  closed() {
    this.open = null;
  }

  render() {
    const { say } = this;
    fill(this.body, this.bar(), this.trouble ? el("p", { class: "refused", role: "alert" }, this.trouble) : null,
      this.items.length ? this.list() : this.nothing(),
      this.items.length < this.total ? el("button", { type: "button", class: "plain more", "data-focus": "more",
        onclick: () => { this.most += INBOX_PAGE; this.refresh(); } },
      say("inbox.more", { n: Math.min(INBOX_PAGE, this.total - this.items.length) })) : null);
  }

  bar() {
    const { say, data } = this;
    const shown = [["unread", say("inbox.unread", { n: this.unread })], ["all", say("inbox.all")]];
    return el("div", { class: "bar" },
      segments(say("inbox.which"), shown, this.shown, (one) => {
        this.shown = one;
        this.most = INBOX_PAGE;
        this.refresh();
      }),
      this.unread && data.may_write ? el("button", { type: "button", class: "plain", "data-focus": "read-all",
        onclick: () => this.readAll() }, `✓ ${say("inbox.read_all")}`) : null,
      el("span", { class: "push" }),
      data.may_write ? el("button", { type: "button", class: "plain", "data-focus": "settings",
        onclick: () => openSettings(this) }, `⚙ ${say("inbox.settings")}`) : null,
      data.may_manage ? el("button", { type: "button", class: "plain", "data-focus": "groups",
        onclick: () => openGroups(this) }, `⇉ ${say("inbox.groups")}`) : null);
  }

  nothing() {
    const { say } = this;
    return el("div", { class: "empty" },
      el("p", {}, say(this.shown === "unread" ? "inbox.none_unread" : "inbox.none")),
      el("p", {}, say("inbox.none_hint")));
  }

  list() {
    const days = new Map();
    for (const one of this.items) {
      const day = this.day(one.at);
      days.set(day, [...(days.get(day) ?? []), one]);
    }
    return el("div", {}, ...[...days].map(([day, its]) => el("section", { class: "day" },
      el("h3", {}, day), el("ul", {}, ...its.map((one) => this.line(one))))));
  }

  day(iso) {
    const day = (at) => at.toLocaleDateString(this.data.lang === "en" ? "en-GB" : "zh-CN",
      { ...SCHOOL_TIME, year: "numeric", month: "long", day: "numeric", weekday: "long" });
    const told = day(new Date(iso));
    return told === day(new Date()) ? this.say("inbox.today") : told;
  }

  line(one) {
    const { say, data } = this;
    const time = new Date(one.at).toLocaleTimeString(data.lang === "en" ? "en-GB" : "zh-CN",
      { ...SCHOOL_TIME, hour: "2-digit", minute: "2-digit" });
    const isUnread = one.read_at === null;
    return el("li", { class: `message${isUnread ? " unread" : ""}`, "data-message": one.id },
      el("time", { datetime: one.at, class: "muted" }, time),
      el("div", { class: "said" },
        el("div", { class: "title" },
          isUnread ? el("span", { class: "dot", title: say("inbox.unread", { n: "" }).trim() }, "●") : null,
          one.urgency === "urgent" ? el("span", { class: "chip bad" }, `! ${say("inbox.urgent")}`) : null,
          this.link(one)),
        el("div", { class: "lines small" }, ...one.lines.map((line) => el("span", {}, line)))),
      isUnread && data.may_write ? el("button", { type: "button", class: "plain", "data-focus": `read-${one.id}`,
        "aria-label": `${say("inbox.mark")}: ${one.title}`, onclick: () => this.read({ ids: [one.id] }) },
      `✓ ${say("inbox.read")}`) : null);
  }

  // Whoever follows a message has read it; the page it leads to does not wait for that.
  link(one) {
    const [page, query] = one.path.slice(1).split("?");
    if (!page || page === "inbox" || !this.data.pages.includes(page)) return el("strong", {}, one.title);
    const wanted = { ...Object.fromEntries(new URLSearchParams(query)), ...this.data.keep };
    const link = innerLink(this.component, page, wanted, one.title, { "data-focus": `open-${one.id}` });
    link.addEventListener("click", () => {
      if (one.read_at === null && this.data.may_write) {
        send("POST", `${this.data.api}/inbox/read`, { ids: [one.id] }).catch(() => {});
      }
    });
    return link;
  }

  // Only up to what is on the page: what came meanwhile was seen by nobody.
  readAll() {
    return this.read({ up_to: Math.max(...this.items.map((one) => one.id)) });
  }

  async read(order) {
    this.trouble = "";
    try {
      await send("POST", `${this.data.api}/inbox/read`, order);
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      this.trouble = problemText(this.say, this.data.lang, error);
    }
    await this.refresh();
  }
}

export default function (component) {
  return mounted(component, InboxView);
}
