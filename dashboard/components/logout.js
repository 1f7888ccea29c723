// The button that ends the login; afterwards the page starts anew without its cookie.

class LogoutView {
  constructor(root) {
    this.message = el("p", { class: "small", role: "alert" });
    this.button = el("button", { type: "button", class: "plain", onclick: () => this.leave() });
    root.append(this.button, this.message);
  }

  update(data) {
    this.data = data;
    this.say = speaker(data.texts);
    this.button.textContent = this.say("account.logout");
  }

  destroy() {}

  async leave() {
    this.button.disabled = true;
    try {
      const headers = { "X-Stationmaster": "1" };
      const answer = await fetch(`${this.data.api}/logout`, { method: "POST", headers });
      if (answer.ok || answer.status === 401) {
        window.location.assign(this.data.home);
        return;
      }
      this.message.textContent = this.say("trouble.server", { status: answer.status });
    } catch {
      this.message.textContent = this.say("trouble.connection");
    }
    this.button.disabled = false;
  }
}

export default function (component) {
  return mounted(component, LogoutView);
}
