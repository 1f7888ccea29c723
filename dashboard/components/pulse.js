// What of a bench changes from second to second beside its signals: faults, use, counters.

// rows that always wait for their acknowledgement are not worth a word
const USUAL_SPOOL = 20;

// A clock that is off by less is not worth a word beside one on the wall.
const CLOCK_TOLERANCE_S = 2;

const PulseParts = {
  showPulse() {
    const { say, pulse, details } = this;
    const offset = pulse.clock_offset_s ?? 0;
    this.clockOffset = Math.abs(offset) > CLOCK_TOLERANCE_S ? offset : 0;
    const frames = pulse.frames;
    const odd = frames ? frames.short + frames.unknown_mux + frames.undecodable : 0;
    const facts = [
      pulse.bus ? say(`bus.${pulse.bus}`) : null,
      details.publish_period_ms ? say("live.period", { n: details.publish_period_ms }) : null,
      frames ? say("live.frames", { n: frames.decoded.toLocaleString("en-US") }) : null,
      odd ? say("live.odd_frames", { n: odd.toLocaleString("en-US") }) : null,
      frames?.not_available
        ? say("live.not_available", { n: frames.not_available.toLocaleString("en-US") }) : null,
      frames?.implausible
        ? say("live.implausible", { n: frames.implausible.toLocaleString("en-US") }) : null,
      pulse.diagnostics?.is_armed ? say("live.armed", { n: pulse.diagnostics.sent }) : null,
      pulse.spool_rows > USUAL_SPOOL ? say("live.spool", { n: pulse.spool_rows }) : null,
      pulse.dropped_rows ? say("live.dropped", { n: pulse.dropped_rows }) : null,
      this.clockOffset
        ? say(this.clockOffset > 0 ? "live.clock_ahead" : "live.clock_behind",
          { span: span(say, Math.abs(this.clockOffset)) }) : null,
    ];
    this.meta.textContent = facts.filter(Boolean).join(" · ");
    const isUsed = pulse.usage_session !== null;
    this.use.replaceChildren(
      pill(isUsed ? "use" : "off", isUsed ? "▶" : "○", say(isUsed ? "live.in_use" : "live.idle")));
    this.showAlerts();
    this.showFaults();
    this.showUsage();
    this.showBuses();
    this.showFacts();
  },

  // A moment of the bench's own clock as the wall clock said it.
  benchClock(iso) {
    const at = new Date(Date.parse(iso) - 1000 * (this.clockOffset ?? 0));
    return clock(this.data.lang, at.toISOString());
  },

  showAlerts() {
    const { say, pulse, data } = this;
    const key = JSON.stringify(pulse.alerts.map((one) => [one.id, one.acknowledged_at]));
    if (key === this.alertKey) return;
    this.alertKey = key;
    this.alertBox.replaceChildren(...pulse.alerts.map((one) => el(
      "p", { class: "alert", "data-alert": one.kind },
      innerLink(this.component, "health", data.keep, `✕ ${say(`alert_kind.${one.kind}`)}`),
      el("span", { class: "small" }, say(`alert_remedy.${one.kind}`)))));
  },

  showFaults() {
    const { say, pulse } = this;
    const key = JSON.stringify(pulse.faults.map((one) =>
      [one.fault_id, one.state, one.severity, one.has_freeze]));
    if (key !== this.faultKey) {
      this.faultKey = key;
      this.faults.replaceChildren(
        ...(pulse.faults.length
          ? [el("h3", {}, `${say("live.faults")} ${pulse.faults.length}`),
            ...pulse.faults.map((fault) => this.fault(fault))]
          : [el("p", { class: "none" }, `✓ ${say("live.no_faults")}`)]));
    }
    for (const node of this.faults.querySelectorAll("[data-first]")) {
      const first = node.dataset.first;
      const seconds = this.benchNow() - Date.parse(first) / 1000;
      const at = this.benchClock(first);
      node.textContent = say("live.since", { at, span: span(say, seconds) });
    }
  },

  fault(fault) {
    const { say, data } = this;
    const isPending = fault.state === "pending";
    const remedy = inLanguage(data.lang, fault, "remedy");
    return el(
      "article",
      { class: `fault ${isPending ? "pending" : ""}`, "data-dtc": fault.dtc },
      el("div", { class: "what" },
        el("code", {}, fault.dtc),
        el("strong", {}, inLanguage(data.lang, fault, "text")),
        el("span", { class: "tag" }, say("live.severity", { n: fault.severity })),
        isPending ? el("span", { class: "tag" }, say("live.pending")) : null,
        fault.is_blocking ? el("span", { class: "tag" }, say("live.blocking")) : null,
        fault.source === "derived" ? null : el("span", { class: "tag" }, this.origin(fault)),
        el("span", { class: "small since", "data-first": fault.first_at })),
      remedy ? el("p", { class: "small" }, say("live.remedy", { text: remedy })) : null,
      this.freeze(fault),
    );
  },

  origin(fault) {
    return [this.say(`fault_source.${fault.source}`), fault.ecu].filter(Boolean).join(" ");
  },

  showUsage() {
    const { say, pulse } = this;
    const use = pulse.usage_session;
    const text = use
      ? say("live.usage_since", {
        at: this.benchClock(use.started_at),
        span: span(say, this.benchNow() - Date.parse(use.started_at) / 1000),
      })
      : say("live.no_usage");
    if (this.usage.textContent !== text) this.usage.textContent = text;
  },

  showFacts() {
    const { say, pulse, details, bench, data, component } = this;
    const identity = details.identity ?? {};
    const serials = Object.entries(identity.ecu_serials ?? {}).map(([ecu, id]) => `${ecu} ${id}`);
    const query = { station: bench.station_code, ...data.keep };
    const station = bench.station_code
      ? innerLink(component, "station", query, bench.station_code) : null;
    const facts = [
      ["live.fact_last_seen", clock(data.lang, pulse.last_seen_at)],
      ["live.fact_station", station],
      ["live.fact_asset", details.equipment
        ? `${details.equipment.asset_number} ${inLanguage(data.lang, details.equipment, "name")}` : null],
      ["live.fact_serials", serials.join(", ")],
      ["live.fact_vin", identity.vin],
      ["live.fact_adapter", [identity.adapter, identity.adapter_serial].filter(Boolean).join(" ")],
      ["live.fact_software", identity.software],
      ["live.fact_stored", details.stored_rows.toLocaleString("en-US")],
    ].filter(([, value]) => value);
    this.facts.replaceChildren(
      ...facts.map(([key, value]) => el("div", {}, el("dt", {}, say(key)), el("dd", {}, value))));
  },
};

Object.assign(LiveView.prototype, PulseParts);
