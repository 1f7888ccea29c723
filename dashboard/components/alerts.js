// Alerts of the data health page: what is open, who looks after it, and what was before.

const EARLIER_SHOWN = 20;

const AlertParts = {
  showAlerts() {
    const { say, data } = this;
    const open = data.listed.filter((one) => !one.closed_at);
    const earlier = data.listed.filter((one) => one.closed_at).slice(0, EARLIER_SHOWN);
    const key = JSON.stringify([data.lang, open.map((one) => [one.id, one.times, one.acknowledged_at,
      one.note, one.facts]), earlier.map((one) => one.id)]);
    // whoever writes a note keeps the field, with the words in it, while figures move on
    if (key !== this.alertKey && !this.alerts.contains(this.root.getRootNode().activeElement)) {
      this.alertKey = key;
      fill(
        this.alerts,
        open.length ? el("h2", {}, say("alert.title")) : null,
        ...open.map((one) => this.alert(one)),
        earlier.length ? this.earlier(earlier) : null,
      );
    }
    for (const node of this.alerts.querySelectorAll("[data-since]")) {
      const since = node.dataset.since;
      const seconds = (Date.parse(data.health.at) - Date.parse(since)) / 1000;
      node.textContent = say("alert.since", { at: clock(data.lang, since), span: span(say, seconds) });
    }
  },

  alert(one) {
    const { say } = this;
    const facts = Object.entries(one.facts).map(([name, value]) => this.fact(name, value));
    return el(
      "article",
      { class: `alert ${one.acknowledged_at ? "seen" : ""}`, "data-alert": one.kind },
      el("div", { class: "what" },
        el("span", { class: "glyph", "aria-hidden": "true" }, "✕"),
        el("strong", {}, say(`alert_kind.${one.kind}`)),
        this.subject(one),
        one.times > 1 ? el("span", { class: "tag" }, say("alert.times", { n: one.times })) : null,
        el("span", { class: "small since", "data-since": one.opened_at })),
      el("p", { class: "small" },
        [...facts.filter(Boolean), say(`alert_remedy.${one.kind}`)].join(" · ")),
      this.acknowledgement(one),
    );
  },

  subject(one) {
    const { component, data } = this;
    if (!one.bench_code) return null;
    return innerLink(component, "bench", { bench: one.bench_code, ...data.keep }, one.bench_code);
  },

  fact(name, value) {
    const { say, data } = this;
    const key = `alert_fact.${name}`;
    if (value === null || !(key in data.texts)) return null;
    const shown = name.endsWith("_at") ? clock(data.lang, value)
      : name === "share" ? Math.round(value * 100) : value;
    return say(key, { value: shown });
  },

  acknowledgement(one) {
    const { say, data } = this;
    if (one.acknowledged_at) {
      const by = say("alert.by", { who: one.acknowledged_by, at: clock(data.lang, one.acknowledged_at) });
      return el("p", { class: "small" }, `✓ ${[by, one.note].filter(Boolean).join(" · ")}`);
    }
    if (!data.may_acknowledge) return null;
    const words = el("input", {
      type: "text", maxlength: 400, placeholder: say("alert.note"), "aria-label": say("alert.note"),
    });
    const button = el("button", { type: "submit", class: "plain" }, say("alert.acknowledge"));
    const failed = el("span", { class: "small", role: "alert" });
    return el("form", { class: "answer", onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      const isDone = await this.acknowledge(one, words.value);
      button.disabled = false;
      failed.textContent = isDone ? "" : say("alert.failed");
      if (!isDone) return;
      this.root.getRootNode().activeElement?.blur();
      this.refresh();
    } }, words, button, failed);
  },

  async acknowledge(one, words) {
    try {
      const answer = await fetch(`${this.data.api}/alerts/${one.id}/acknowledgement`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Stationmaster": "1" },
        body: JSON.stringify({ note: words }),
      });
      return answer.ok;
    } catch {
      return false;
    }
  },

  earlier(closed) {
    const { say, data } = this;
    return el("details", { class: "earlier" },
      el("summary", {}, say("alert.history", { n: closed.length })),
      el("ul", {}, ...closed.map((one) => el("li", {},
        el("span", {}, `${say(`alert_kind.${one.kind}`)} `), this.subject(one), el("span", { class: "muted small" },
          ` ${say("alert.closed", {
            at: clock(data.lang, one.opened_at), end: clock(data.lang, one.closed_at),
            why: say(`alert_end.${one.closed_because}`),
          })}`)))));
  },
};

Object.assign(HealthView.prototype, AlertParts);
