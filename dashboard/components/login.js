// The login form: the password goes straight to the API and never through the page's server.

class LoginView {
  constructor(root) {
    this.message = el("p", { class: "sm-message", role: "alert" });
    this.name = this.input("username", "text", "username");
    this.password = this.input("password", "password", "current-password");
    this.button = el("button", { type: "submit" });
    this.labels = {
      name: el("label", { for: "sm-username" }),
      password: el("label", { for: "sm-password" }),
    };
    root.append(
      el(
        "form",
        { class: "sm-login", onsubmit: (event) => this.submit(event) },
        this.labels.name, this.name, this.labels.password, this.password, this.message, this.button,
      ),
    );
  }

  input(name, type, autocomplete) {
    return el("input", {
      id: `sm-${name}`, name, type, autocomplete, autocapitalize: "none", spellcheck: "false",
      oninput: () => (this.message.textContent = ""),
    });
  }

  update(data) {
    this.data = data;
    this.say = speaker(data.texts);
    this.labels.name.textContent = this.say("login.username");
    this.labels.password.textContent = this.say("login.password");
    this.button.textContent = this.say("login.submit");
  }

  destroy() {}

  async submit(event) {
    event.preventDefault();
    const username = this.name.value.trim();
    if (!username || !this.password.value) {
      this.fail(this.say("login.empty"), username ? this.password : this.name);
      return;
    }
    this.button.disabled = true;
    try {
      const answer = await fetch(`${this.data.api}/login`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Stationmaster": "1" },
        body: JSON.stringify({ username, password: this.password.value }),
      });
      if (answer.ok) {
        window.location.reload();
        return;
      }
      this.fail(this.reason(answer), this.password);
    } catch {
      this.fail(this.say("trouble.connection"), this.button);
    }
  }

  reason(answer) {
    if (answer.status === 401) return this.say("login.wrong");
    if (answer.status === 429) {
      return this.say("login.too_many", { s: answer.headers.get("Retry-After") ?? 60 });
    }
    if (answer.status === 403) return this.say("login.foreign");
    return this.say("trouble.server", { status: answer.status });
  }

  fail(text, field) {
    this.message.textContent = text;
    this.button.disabled = false;
    field.focus();
  }
}

export default function (component) {
  return mounted(component, LoginView);
}
