// How many alerts are open, beside the title of every page; nothing while there are none.

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
    try {
      this.open = (await getJson(`${this.data.api}/alerts?open=true&limit=1`)).total;
      this.show();
    } catch {
      // the page itself tells of a lost connection
    }
  }

  show() {
    const text = this.open ? `✕ ${this.say("alert.badge", { n: this.open })}` : "";
    if (this.root.textContent === text) return;
    fill(this.root, this.open
      ? innerLink(this.component, "health", this.data.keep, text, { class: "badge", role: "status" })
      : null);
  }
}

export default function (component) {
  return mounted(component, BadgeView);
}
