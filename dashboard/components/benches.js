// The benches below the matrix: one line of what each says now, and the way to its live page.

function benchLook(bench, say) {
  if (bench.open_faults) {
    const kind = bench.is_working === false ? "not" : "advice";
    return pill(kind, say("glyph.fault"), say("stations.bench_faults", { n: bench.open_faults }));
  }
  if (bench.work_order) {
    return pill("not", say("glyph.fault"), say("stations.bench_repair", { n: bench.work_order }));
  }
  if (bench.liveness !== "online") {
    return pill("off", say("glyph.offline"), say(`liveness.${bench.liveness}`));
  }
  if (bench.is_in_use) return pill("use", "▶", say("stations.bench_in_use"));
  return pill("ready", say("glyph.ready"), say("liveness.online"));
}

const BenchStrip = {
  benchesOf(rows) {
    const { use, benches } = this.data;
    const shown = new Set(rows.map((row) => row.station));
    return benches.filter((one) => use === "all" || shown.has(one.station_code));
  },

  benches(rows) {
    const found = this.benchesOf(rows);
    if (!found.length) return null;
    return el(
      "section",
      { class: "benches" },
      el("h2", {}, this.say("stations.benches")),
      el("div", { class: "strip" }, ...found.map((bench) => this.bench(bench))),
    );
  },

  bench(bench) {
    const { say, data, component } = this;
    const isQuiet = bench.liveness !== "online" && bench.last_seen_at;
    const content = el(
      "span",
      { class: "inner" },
      el("span", { class: "head" }, el("strong", {}, bench.code), benchLook(bench, say)),
      el("span", { class: "muted small" },
        [inLanguage(data.lang, bench, "name"), bench.station_code].filter(Boolean).join(" · ")),
      el("span", { class: "muted small" },
        isQuiet ? say("stations.bench_seen", { at: clock(data.lang, bench.last_seen_at) })
          : bench.identity_kind === "simulator" ? say("stations.bench_simulator") : ""),
    );
    return innerLink(component, "bench", { bench: bench.code, ...data.keep }, content, {
      class: "bench", "data-bench": bench.code,
    });
  },
};

Object.assign(StationsView.prototype, BenchStrip);
