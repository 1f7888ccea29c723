// My calendar subscriptions: the link of a new one is shown once; the same calendar has a page for a door.

const FeedParts = {
  feedParts() {
    const { say, feeds, made } = this;
    return [el("p", { class: "muted hint" }, say("feed.hint")),
      made ? this.madeBox(made) : null,
      el("div", { class: "two" }, this.newFeed(),
        el("section", { class: "box", "data-part": "feeds" }, feeds.length ? el("ul", { class: "lines" }, ...feeds.map((one) => this.feedLine(one)))
          : el("p", { class: "muted" }, say("feed.none"))))].filter(Boolean);
  },

  madeBox(made) {
    const { say } = this;
    const link = el("input", { type: "text", readonly: true, value: made.url, "data-part": "link", "aria-label": say("feed.copy"), onfocus: (event) => event.target.select() });
    const told = el("span", { role: "status" });
    const copy = el("button", { type: "button", class: "main", "data-focus": "copy", onclick: async () => {
      try {
        // an address without a certificate has no clipboard
        await navigator.clipboard.writeText(made.url);
        told.textContent = say("feed.copied");
      } catch {
        link.focus();
        told.textContent = say("feed.select_it");
      }
    } }, say("feed.copy"));
    return el("section", { class: "box made" }, el("p", {}, el("strong", {}, say("feed.made"))), link,
      el("div", { class: "bar" }, copy, told, made.kind === "mine" ? null
        : el("a", { href: made.path.replace(/\.ics$/, "/door"), target: "_blank", rel: "noopener", "data-part": "door" }, say("feed.door"))));
  },

  newFeed() {
    const { say, data, things } = this;
    this.feedKind ??= data.feed_kinds[0];
    const pick = (name, words, options, value) => el("label", { class: "stacked" }, say(words), el("select", { name, "data-focus": name },
      ...options.map(([key, text]) => el("option", { value: key, selected: key === value }, text))));
    const told = this.told();
    const kind = pick("kind", "feed.kind", data.feed_kinds.map((one) => [one, say(`feed_kind.${one}`)]), this.feedKind);
    kind.addEventListener("change", (event) => { this.feedKind = event.target.value; this.draw(); });
    const main = el("button", { type: "submit", class: "main", "data-focus": "make" }, say("feed.make"));
    return el("section", { class: "box" }, el("h3", {}, say("feed.new")), el("form", { class: "form", "data-part": "new-feed", onsubmit: (event) => {
      event.preventDefault();
      const form = new FormData(event.target);
      this.attempt(told, main, async () => {
        this.made = await send("POST", `${data.api}/calendar-feeds`, { name: form.get("name"), kind: form.get("kind"), language: form.get("language"),
          has_people: form.has("has_people"), ...(form.has("resource_key") && { resource_key: form.get("resource_key") }),
          ...(form.has("station_code") && { station_code: form.get("station_code") }) });
        await this.refresh();
      });
    } },
    kind,
    this.feedKind === "resource" ? pick("resource_key", "feed.resource", things) : null,
    this.feedKind === "station" ? pick("station_code", "school_set.station", data.stations.map((one) => [one.code, `${one.code} ${inLanguage(data.lang, one, "name")}`])) : null,
    el("label", { class: "stacked" }, say("feed.name"), el("input", { type: "text", name: "name", required: true, maxlength: 120, "data-focus": "name", "data-keep": "yes" })),
    pick("language", "feed.language", [["zh", "中文"], ["en", "English"]], data.lang),
    this.feedKind === "mine" ? null : el("label", { class: "tick" }, el("input", { type: "checkbox", name: "has_people" }), say("feed.has_people")),
    told, el("div", {}, main)));
  },

  feedLine(one) {
    const { say, data } = this;
    const told = this.told();
    const what = one.resource_key?.split("/").slice(1).join("/") ?? one.station_code;
    const used = one.last_used_at ? say("feed.used", { at: clock(data.lang, one.last_used_at) }) : say("feed.unused");
    return el("li", { "data-feed": one.id, class: one.ended_at ? "over" : "" },
      el("div", {}, el("strong", {}, one.name), el("div", { class: "small muted" }, [say(`feed_kind.${one.kind}`), what, one.ended_at ? say("feed.ended") : used].filter(Boolean).join(" · ")), told),
      one.ended_at ? null : this.sure(say("feed.end"), say("feed.end_sure"), `end-${one.id}`, (button) => this.attempt(told, button, async () => {
        await send("DELETE", `${data.api}/calendar-feeds/${one.id}`);
        if (this.made?.id === one.id) this.made = null;
        await this.refresh();
      })));
  },
};
