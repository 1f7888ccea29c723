// One stocktake on a phone: scan, see what it was, see what is left.

import { ask, el, moment, resultPill } from "./elements.js";
import { Camera, codeOnPhoto, mayUseCamera, smaller } from "./camera.js";
import { readCode } from "./codes.js";
import { endingParts } from "./ending.js";
import { loginForm, worded } from "./lists.js";
import { Sender } from "./sending.js";
import * as store from "./store.js";
import { counted, rowOf, together } from "./tally.js";

const AT_ONCE = 100;
// The sheet of 2,000 pieces has 700 kB; between two of them the phone reckons by itself.
const REFRESH_MS = 30000;
const OTHER = "\u0000";

export class Counting {
  constructor(page, sheet) {
    this.page = page;
    this.say = page.say;
    this.sheet = sheet;
    this.id = sheet.id;
    this.scans = [];
    this.lastId = null;
    this.told = "";
    this.filter = sheet.stocktake.state === "open" ? "expected" : "missing";
    this.shown = AT_ONCE;
    this.camera = null;
    this.mistyped = null;
    this.sender = new Sender(this.id, page.me.username, (what) => this.heard(what));
    this.parts = {};
  }

  async start() {
    const { main, code } = this.page;
    this.room = await store.fact(`room-${this.id}`, this.onlyRoom());
    await this.load();
    for (const name of ["sync", "scan", "last", "figures", "end", "list"]) {
      this.parts[name] = el("section", { class: name });
    }
    main.replaceChildren(this.heading(), ...Object.values(this.parts));
    if (this.sheet.stocktake.may_scan) this.parts.scan.replaceChildren(...this.scanParts());
    this.search = el("input", {
      type: "search", placeholder: this.say("search"), "aria-label": this.say("search"),
      oninput: () => this.showRows(),
    });
    this.rows = el("div", { class: "rows" });
    this.parts.list.replaceChildren(this.search, this.rows);
    this.show();
    if (code && this.input) {
      this.input.value = code;
      this.input.focus();
    }
    // scans made while it was going on are sent however it stands now; the server keeps late ones
    if (this.page.me.actions.includes("scan_stocktake")) this.sender.flush();
  }

  onlyRoom() {
    const { locations } = this.sheet.stocktake;
    return locations.length === 1 ? locations[0] : "";
  }

  async load() {
    const scans = await store.all("scans");
    this.scans = scans
      .filter((one) => one.stocktakeId === this.id)
      .sort((a, b) => a.order - b.order);
  }

  get waiting() {
    return this.scans.filter((one) => one.state === "queued");
  }

  async heard(what) {
    await this.load();
    if (what === "sent" || (what === "idle" && this.isStale)) await this.refresh();
    if (this.parts.sync) this.show();
  }

  async refresh() {
    if (Date.now() - (this.refreshedAt ?? 0) < REFRESH_MS) {
      this.isStale = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.heard("idle"), REFRESH_MS);
      return;
    }
    this.refreshedAt = Date.now();
    this.isStale = false;
    try {
      this.sheet = await fetchSheet(this.id, this.page.me.username);
    } catch {
      // what is known already stays on the screen; the next scan that is sent asks again
      this.isStale = true;
    }
  }

  // What the sheet does not have yet: waiting scans, and sent ones it was fetched before.
  get fresh() {
    return this.scans.filter(
      (one) => one.state === "queued" || (one.state === "recorded" && this.isStale && !this.isIn(one)),
    );
  }

  isIn(scan) {
    const row = rowOf(this.sheet, scan.code);
    return row?.seen && new Date(row.seen.scanned_at) >= new Date(scan.scanned_at);
  }

  heading() {
    const { stocktake } = this.sheet;
    const rooms = stocktake.locations.join("、");
    return el(
      "div",
      { class: "heading" },
      el("h1", {}, stocktake.title || `${this.say("title")} ${this.id}`),
      el("p", { class: "muted" }, `${stocktake.station_code}${rooms ? ` · ${rooms}` : ""} · `,
        this.say(`state.${stocktake.state}`), " · ",
        this.say("by", { who: stocktake.started_by, at: moment(this.page.lang, stocktake.started_at) })),
    );
  }

  scanParts() {
    this.input = el("input", {
      name: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false",
      enterkeyhint: "done",
    });
    const byCode = (event) => {
      event.preventDefault();
      if (this.input.value.trim()) this.typed(this.input.value.trim());
    };
    const photo = el("input", {
      type: "file", accept: "image/*", capture: "environment", class: "sr", id: "label-photo",
      onchange: () => this.photographed(photo),
    });
    this.video = el("video", { playsinline: true, muted: true, hidden: true });
    this.cameraButton = el("button", {
      type: "button", class: "plain", onclick: () => this.switchCamera(),
    }, this.say("camera.start"));
    this.told = el("p", { class: "notice", role: "alert", hidden: true });
    const hint = mayUseCamera() ? "" : el("p", { class: "muted" }, this.say("camera.insecure"));
    return [
      this.roomChoice(),
      this.video,
      el("div", { class: "buttons" }, mayUseCamera() ? this.cameraButton : "",
        photo, el("label", { for: "label-photo", class: "plain" }, this.say("photo.scan"))),
      hint,
      el("form", { class: "by-code", onsubmit: byCode },
        el("label", {}, this.say("code"), this.input),
        el("button", { class: "main" }, this.say("code.submit"))),
      this.told,
    ];
  }

  roomChoice() {
    const known = [...new Set([...this.sheet.rooms, ...(this.room ? [this.room] : [])])];
    const other = el("input", {
      "aria-label": this.say("room.name"), placeholder: this.say("room.name"), hidden: true,
      maxlength: 200, oninput: () => this.standIn(other.value.trim()),
    });
    const select = el("select", {
      name: "room",
      onchange: () => {
        other.hidden = select.value !== OTHER;
        this.standIn(select.value === OTHER ? other.value.trim() : select.value);
      },
    },
    el("option", { value: "" }, this.say("room.none")),
    known.map((one) => el("option", { value: one, selected: one === this.room }, one)),
    el("option", { value: OTHER }, this.say("room.other")));
    return el("div", { class: "room" }, el("label", {}, this.say("room"), select), other);
  }

  standIn(room) {
    this.room = room;
    store.keepFact(`room-${this.id}`, room);
    this.showRows();
  }

  tell(text) {
    this.told.hidden = !text;
    this.told.textContent = text;
  }

  async switchCamera() {
    if (this.camera) {
      this.camera.stop();
      this.camera = null;
    } else {
      // the scanner takes over how a hidden picture looks, so it is shown first
      this.video.hidden = false;
      this.camera = new Camera(this.video, (text) => this.count(text));
      try {
        await this.camera.start();
      } catch (error) {
        this.camera = null;
        this.tell(this.say("camera.refused", { reason: String(error) }));
      }
    }
    this.video.hidden = !this.camera;
    this.cameraButton.textContent = this.say(this.camera ? "camera.stop" : "camera.start");
  }

  async photographed(input) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    const text = await codeOnPhoto(file);
    if (text) await this.count(text);
    else this.tell(this.say("photo.nothing"));
  }

  // A code that can't be right is asked about once: typing mistakes would fill the unknown ones.
  async typed(text) {
    const isDoubtful = readCode(text).isMistyped && !rowOf(this.sheet, text);
    if (isDoubtful && this.mistyped !== text) {
      this.mistyped = text;
      this.tell(this.say("code.mistyped", { code: text }));
      return;
    }
    this.mistyped = null;
    this.input.value = "";
    await this.count(text);
  }

  async count(text, more = {}, photos = []) {
    this.tell("");
    const scan = {
      client_id: store.newId(),
      stocktakeId: this.id,
      who: this.page.me.username,
      order: Date.now() + performance.now() / 1e9,
      scanned_at: new Date().toISOString(),
      code: text.slice(0, 300),
      location: this.room,
      counted: null,
      note: "",
      ...more,
      photos: photos.map((one) => one.id),
      state: "queued",
      reason: "",
    };
    await store.putScan(scan, photos);
    navigator.vibrate?.(60);
    this.lastId = scan.client_id;
    await this.load();
    this.show();
    this.sender.flush();
  }

  show() {
    this.showSync();
    this.showLast();
    this.known = together(this.sheet, this.fresh);
    this.showFigures();
    this.showRows();
    if (!this.parts.end.querySelector(":focus")) {
      this.parts.end.replaceChildren(...endingParts(this));
    }
  }

  showSync() {
    const { state, reason } = this.sender;
    const mine = this.waiting.filter((one) => one.who === this.page.me.username).length;
    const others = this.waiting.filter((one) => one.who !== this.page.me.username);
    if (!this.page.me.actions.includes("scan_stocktake")) return this.parts.sync.replaceChildren();
    let key = state === "offline" && mine === 0 ? "sync.offline.none" : `sync.${state}`;
    if (state === "idle" && others.length) key = "sync.idle.own";
    const lines = [
      el("p", { class: `sync-${state}`, "data-state": state, "data-waiting": this.waiting.length },
        el("span", { "aria-hidden": "true" }, { idle: "✓ ", sending: "⇡ " }[state] ?? "⚠ "),
        this.say(key, { n: mine, reason })),
    ];
    for (const outcome of ["refused", "late"]) {
      const n = this.scans.filter((one) => one.state === outcome).length;
      if (n) lines.push(el("p", { class: "sync-stuck" }, "⚠ ", this.say(`sync.${outcome}`, { n })));
    }
    if (others.length) {
      const who = [...new Set(others.map((one) => one.who))].join(", ");
      lines.push(el("p", {}, this.say("login.other", { n: others.length, who })));
    }
    if (["offline", "stuck"].includes(state)) {
      const again = () => this.sender.flush();
      lines.push(el("button", { class: "plain", onclick: again }, this.say("sync.retry")));
    }
    if (state === "login") {
      this.login ??= el("div", {}, el("p", {}, this.say("login.again")),
        loginForm(this.say, () => window.location.reload()));
      lines.push(this.login);
    }
    return this.parts.sync.replaceChildren(...lines);
  }

  showLast() {
    const scan = this.scans.find((one) => one.client_id === this.lastId);
    if (!this.sheet.stocktake.may_scan && !scan) return this.parts.last.replaceChildren();
    if (!scan) {
      return this.parts.last.replaceChildren(el("p", { class: "muted" }, this.say("last.none")));
    }
    // a form somebody writes in stays as it is
    if (this.parts.last.querySelector("details[open]") && this.drawn === scan.client_id) return null;
    this.drawn = scan.client_id;
    const known = together(this.sheet, this.fresh);
    const found = rowOf(this.sheet, scan.code);
    const row = found && known.rows.find((one) => one.asset_number === found.asset_number);
    const told = row ? this.rowWords(row, scan) : this.unknownWords(scan);
    return this.parts.last.replaceChildren(
      el("div", { class: "card last-card", "data-code": scan.code, "data-state": scan.state },
        told,
        el("p", { class: "muted" }, this.say(`scan.${scan.state}`, { reason: scan.reason })),
        this.sheet.stocktake.may_scan ? this.moreForm(scan, row) : "",
        this.sheet.stocktake.may_scan
          ? el("button", { class: "plain", onclick: () => this.takeBack(scan) }, this.say("undo"))
          : ""),
    );
  }

  rowWords(row, scan) {
    const place = row.location || this.say("last.nowhere");
    return [
      el("p", { class: "big" }, resultPill(this.say, row.result), " ", itemOf(this.page.lang, row)),
      el("p", {}, `${row.asset_number} · `, this.say("last.registered", { place })),
      scan.location ? el("p", {}, this.say("last.seen", { place: scan.location })) : "",
      row.quantity === 1 ? "" : el("p", {}, this.say("last.quantity", { n: row.quantity, unit: row.quantity_unit })),
      row.times > 1 ? el("p", { class: "muted" }, this.say("last.again", { n: row.times })) : "",
    ];
  }

  // The server knows pieces the sheet has not: those of other rooms and stations of the school.
  unknownWords(scan) {
    if (scan.answer?.asset_number) {
      return [
        el("p", { class: "big" }, resultPill(this.say, scan.answer.result), " ",
          itemOf(this.page.lang, scan.answer)),
        el("p", {}, scan.answer.asset_number),
      ];
    }
    return [
      el("p", { class: "big" }, resultPill(this.say, "unknown"), " ", scan.code),
      el("p", {}, this.say("last.unknown")),
    ];
  }

  moreForm(scan, row) {
    const note = el("textarea", { name: "note", maxlength: 900, rows: 2 });
    const number = el("input", {
      name: "counted", type: "number", min: "0.001", step: "any", inputmode: "decimal",
      placeholder: row ? row.quantity : "",
    });
    const photo = el("input", { name: "photo", type: "file", accept: "image/*" });
    const told = el("p", { class: "trouble", role: "alert", hidden: true });
    const refuse = (key) => {
      told.hidden = false;
      told.textContent = this.say(key);
    };
    const submit = async (event) => {
      event.preventDefault();
      const more = { note: note.value.trim(), location: scan.location };
      if (number.value) more.counted = Number(number.value);
      const photos = [];
      for (const file of photo.files) {
        const small = await smaller(file);
        if (!small) return refuse("add.badphoto");
        photos.push({ id: store.newId(), ...small });
      }
      if (!more.note && !more.counted && !photos.length) return refuse("add.nothing");
      details.open = false;
      return this.count(scan.code, more, photos);
    };
    const details = el("details", {},
      el("summary", {}, this.say("add")),
      el("form", { class: "more", onsubmit: submit },
        el("label", {}, this.say("add.note"), note),
        el("label", {}, this.say("add.count"), number),
        el("label", {}, this.say("add.photo"), photo),
        told,
        el("button", { class: "main" }, this.say("add.submit"))));
    return details;
  }

  async takeBack(scan) {
    await this.sender.running;
    let known = await store.get("scans", scan.client_id);
    if (known?.state === "queued" && known.isTried) {
      // the server may have it although its answer never came
      await this.sender.flush();
      known = await store.get("scans", scan.client_id);
    }
    if (known?.state === "recorded") {
      try {
        await ask(`/stocktakes/${this.id}/scans/${scan.client_id}`, { method: "DELETE" });
      } catch (error) {
        this.tell(error.status ? worded(this.say, error) : this.say("undo.offline"));
        return;
      }
    } else if (known?.state === "queued" && known.isTried) {
      this.tell(this.say("undo.offline"));
      return;
    }
    await store.remove("scans", scan.client_id);
    for (const id of scan.photos) await store.remove("photos", id);
    this.lastId = null;
    this.refreshedAt = 0;
    await this.heard("sent");
  }

  showFigures() {
    const counts = counted(this.known);
    const isOver = this.sheet.stocktake.state !== "open";
    const kinds = [isOver ? "missing" : "expected", "found", "wrong_place", "unknown"];
    this.parts.figures.replaceChildren(
      ...kinds.map((kind) =>
        el("button", {
          class: "figure", "aria-pressed": String(this.filter === kind), "data-result": kind,
          onclick: () => this.choose(kind),
        }, el("strong", {}, counts[kind]), resultPill(this.say, kind))),
    );
  }

  choose(kind) {
    this.filter = kind;
    this.shown = AT_ONCE;
    this.showFigures();
    this.showRows();
  }

  showRows() {
    const words = this.search.value.trim().toLowerCase();
    const fits = (...texts) => !words || texts.join(" ").toLowerCase().includes(words);
    if (this.filter === "unknown") {
      const unknown = this.known.unknown.filter((one) => fits(one.code, one.location, one.note));
      return this.fillRows(unknown.map((one) => [one.location || "", this.unknownEntry(one)]));
    }
    const rows = this.known.rows
      .filter((row) => row.result === this.filter)
      .filter((row) => fits(row.item_zh, row.item_en, row.asset_number, row.location, row.label ?? ""));
    return this.fillRows(rows.map((row) => [row.location, this.rowEntry(row)]));
  }

  // By room, the one I stand in first.
  fillRows(entries) {
    const byRoom = new Map();
    entries.sort((a, b) => (b[0] === this.room) - (a[0] === this.room) || a[0].localeCompare(b[0], "zh"));
    for (const [room, entry] of entries.slice(0, this.shown)) {
      if (!byRoom.has(room)) byRoom.set(room, []);
      byRoom.get(room).push(entry);
    }
    const left = entries.length - this.shown;
    const more = () => {
      this.shown += AT_ONCE;
      this.showRows();
    };
    this.rows.replaceChildren(
      ...[...byRoom].map(([room, nodes]) =>
        el("section", {}, el("h3", {}, room || this.say("rows.nowhere")), el("ul", {}, nodes))),
      entries.length ? "" : el("p", { class: "empty" }, this.say("rows.none")),
      left > 0
        ? el("button", { class: "plain", onclick: more }, this.say("rows.more", { n: Math.min(left, AT_ONCE) }))
        : "",
    );
  }

  rowEntry(row) {
    const facts = [row.asset_number];
    if (row.seen?.location) facts.push(this.say("last.seen", { place: row.seen.location }));
    if (row.seen) facts.push(`${row.seen.who} · ${moment(this.page.lang, row.seen.scanned_at)}`);
    if (row.seen?.counted) facts.push(`${this.say("add.count")}: ${row.seen.counted} / ${row.quantity}`);
    if (row.isWaiting) facts.push(this.say("scan.queued"));
    return el("li", { "data-asset": row.asset_number },
      el("p", {}, itemOf(this.page.lang, row)),
      el("p", { class: "muted" }, facts.join(" · ")),
      row.seen?.note ? el("p", { class: "note" }, row.seen.note) : "",
      (row.seen?.document_ids ?? []).map((id, index) =>
        el("a", { href: `/api/v1/documents/${id}/content`, class: "photo" }, `${this.say("add.photo")} ${index + 1} `)));
  }

  unknownEntry(one) {
    return el("li", { "data-code": one.code },
      el("p", {}, one.code),
      el("p", { class: "muted" }, `${one.who} · ${moment(this.page.lang, one.scanned_at)}`),
      one.note ? el("p", { class: "note" }, one.note) : "");
  }
}

// The sheet as the server has it, kept for when it can't be asked; `who` was let see it.
export async function fetchSheet(id, who) {
  const sheet = { ...(await ask(`/stocktakes/${id}/sheet`)), id, who };
  await store.put("sheets", sheet);
  return sheet;
}

function itemOf(lang, thing) {
  return (lang === "en" && thing.item_en) || thing.item_zh || "";
}
