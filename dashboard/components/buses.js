// The buses of a bench: whether each of them can be trusted, in words and figures.

const HEALTH = {
  active: ["ready", "✓"], silent: ["off", "○"], error_passive: ["advice", "!"],
  wrong_bitrate: ["advice", "!"], bus_off: ["not", "✕"], down: ["not", "✕"],
};

const BusParts = {
  showBuses() {
    const { say, pulse } = this;
    this.buses.hidden = pulse.buses.length === 0;
    this.buses.replaceChildren(
      el("h3", {}, say("live.buses")),
      el("div", { class: "rows" }, ...pulse.buses.map((bus) => this.bus(bus))));
  },

  bus(bus) {
    const { say, data } = this;
    const [kind, glyph] = HEALTH[bus.state] ?? ["unknown", "?"];
    const mode = say(bus.is_listen_only ? "live.bus_listening" : "live.bus_not_listening");
    // an adapter that is gone has no mode
    const isThere = bus.state !== "down";
    const last = bus.last_frame_at
      ? say("live.bus_last", { at: clock(data.lang, bus.last_frame_at) }) : say("live.bus_never");
    const notes = [bus.state === "active" ? null : last, bus.state === "active" ? null : bus.detail];
    return el(
      "article",
      { class: "bus", "data-bus": bus.name, "data-state": bus.state },
      el("div", { class: "head" },
        el("strong", {}, bus.name),
        el("span", { class: "muted small" }, bus.interface),
        pill(kind, glyph, say(`bus_health.${bus.state}`)),
        isThere ? el("span", { class: "tag" }, mode) : null),
      el("dl", {},
        this.load(bus.load),
        this.count("live.bus_rate", Math.round(bus.frames_per_s), false),
        this.count("live.bus_errors", bus.error_frames, bus.error_frames > 0),
        this.count("live.bus_lost", bus.lost_frames, bus.lost_frames > 0),
        this.count("live.bus_reconnects", bus.reconnects, bus.reconnects > 0)),
      el("p", { class: "detail muted small" }, notes.filter(Boolean).join(" · ")),
    );
  },

  load(share) {
    const percent = Math.round(share * 100);
    const fill = el("div");
    fill.style.width = `${Math.min(percent, 100)}%`;
    return el("div", {},
      el("dt", {}, this.say("live.bus_load")),
      el("dd", {}, `${percent} %`, el("div", { class: "bar", "aria-hidden": "true" }, fill)));
  },

  count(key, number, isMarked) {
    const text = number.toLocaleString("en-US");
    return el("div", {},
      el("dt", {}, this.say(key)),
      el("dd", { class: isMarked ? "marked" : null }, text));
  },
};

Object.assign(LiveView.prototype, BusParts);
