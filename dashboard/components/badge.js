// Beside the title of every page: how many messages are unread, and how many alerts are open.

const COUNT_EVERY_MS = 15000;

class BadgeView {
  constructor(root) {
    this.root = root;
    this.timer = setInterval(() => document.hidden || this.count(), COUNT_EVERY_MS);
  }

  update(data, component) {
    this.data = data;
    this.component = component;
    this.say = speaker(data.texts);
    this.show();
    this.count();
  }

  destroy() {
    clearInterval(this.timer);
  }

  async count() {
    const { api, has_alerts: hasAlerts } = this.data;
    try {
      if (hasAlerts) this.open = (await getJson(`${api}/alerts?open=true&limit=1`)).total;
      this.unread = (await getJson(`${api}/inbox?unread=true&limit=1`)).unread;
      this.show();
    } catch {
      // the page itself tells of a lost connection
    }
  }

  show() {
    const { say, component, data } = this;
    const alerts = this.open ? `✕ ${say("alert.badge", { n: this.open })}` : "";
    const bell = `✉${this.unread ? ` ${this.unread > 99 ? "99+" : this.unread}` : ""}`;
    if (this.root.textContent === bell + alerts) return;
    const words = this.unread ? say("inbox.bell_unread", { n: this.unread }) : say("inbox.bell");
    fill(this.root,
      innerLink(component, "inbox", data.keep, bell,
        { class: this.unread ? "bell has" : "bell", "aria-label": words, title: words }),
      alerts ? innerLink(component, "health", data.keep, alerts, { class: "badge", role: "status" }) : null);
  }
}

export default function (component) {
  return mounted(component, BadgeView);
}
