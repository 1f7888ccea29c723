// Which stocktakes there are, starting one, and logging in.

import { Refused, ask, askAll, el, moment, save } from "./elements.js";
import { spelled } from "./codes.js";
import * as store from "./store.js";

export function loginForm(say, onDone) {
  const told = el("p", { class: "trouble", role: "alert", hidden: true });
  const username = el("input", { autocomplete: "username", required: true, autocapitalize: "none" });
  const password = el("input", {
    type: "password", autocomplete: "current-password", required: true,
  });
  const submit = async (event) => {
    event.preventDefault();
    told.hidden = true;
    try {
      const body = { username: username.value.trim(), password: password.value };
      await ask("/login", { method: "POST", body });
      await onDone();
    } catch (error) {
      told.hidden = false;
      told.textContent = worded(say, error, { 401: "login.wrong" });
    }
  };
  return el(
    "form",
    { class: "card login", onsubmit: submit },
    el("label", {}, say("login.username"), username),
    el("label", {}, say("login.password"), password),
    told,
    el("button", { class: "main" }, say("login.submit")),
  );
}

export function worded(say, error, byStatus = {}) {
  if (!(error instanceof Refused)) return say("no.network");
  const known = { 403: "not.allowed", 404: "unknown.stocktake", ...byStatus }[error.status];
  return known ? say(known) : say("failed", { reason: error.message });
}

export async function showList(page) {
  const { main, say, me, code } = page;
  const found = await ask("/stocktakes?limit=100");
  await store.keepFact("list", found.items);
  const canManage = me.actions.includes("manage_stocktake");
  page.stations = askAll("/stations");
  main.replaceChildren(
    code ? el("p", { class: "notice" }, say("list.code", { code: spelled(code) })) : "",
    code ? await arrivalLink(page) : "",
    ...listParts(page, found.items, canManage),
    canManage ? await startForm(page) : "",
    page.me.actions.includes("write_register") ? await labelForm(page) : "",
  );
}

// A label is scanned by who counts, and by who has booked the thing.
async function arrivalLink({ say, lang, code }) {
  try {
    const found = await ask(`/check-ins?label=${encodeURIComponent(code)}`);
    if (!found.bookings.length) return "";
    const href = `/check-in/${encodeURIComponent(code)}?lang=${lang}`;
    return el("a", { class: "card entry", href }, el("strong", {}, `${say("check_in")} →`),
      el("span", {}, `${found.code} ${(lang === "en" && found.name_en) || found.name_zh}`));
  } catch (error) {
    // counting goes on without it
    if (!(error instanceof Refused || error instanceof TypeError || error.name === "AbortError")) throw error;
    return "";
  }
}

export function showKeptList(page, items) {
  const note = el("p", { class: "trouble" }, page.say("no.network"));
  page.main.replaceChildren(note, ...listParts(page, items, false));
}

function listParts(page, items, canManage) {
  const { say } = page;
  if (items.length === 0) {
    return [el("p", { class: "empty" }, say(canManage ? "list.empty.manager" : "list.empty"))];
  }
  const open = items.filter((one) => one.state === "open");
  const ended = items.filter((one) => one.state !== "open");
  return [
    open.length ? el("section", {}, el("h2", {}, say("list.open")), open.map((one) => entry(page, one))) : "",
    ended.length ? el("section", {}, el("h2", {}, say("list.ended")), ended.map((one) => entry(page, one))) : "",
  ];
}

function entry({ say, lang, code }, one) {
  const rooms = one.locations.join("、");
  const query = code && one.state === "open" ? `?code=${encodeURIComponent(code)}` : "";
  return el(
    "a",
    { class: "card entry", href: `/stocktake/${one.id}${query}` },
    el("strong", {}, one.title || `${say("title")} ${one.id}`),
    el("span", {}, `${one.station_code}${rooms ? ` · ${rooms}` : ""}`),
    el(
      "span",
      { class: "muted" },
      `${say(`state.${one.state}`)} · `,
      say("by", { who: one.ended_by ?? one.started_by, at: moment(lang, one.ended_at ?? one.started_at) }),
    ),
  );
}

// Station and rooms to choose from; the rooms are asked for when the part is opened.
async function places(page, legend) {
  const { say } = page;
  const stations = await page.stations;
  const own = stations.filter((one) => one.organisation_code === page.me.organisation.code);
  const select = el(
    "select",
    { name: "station" },
    own.map((one) => el("option", { value: one.code }, `${one.code} ${one.name_zh}`)),
  );
  const choices = el("div", { class: "choices" });
  const fill = async () => {
    page.rooms ??= placesByStation();
    const rooms = await page.rooms;
    const known = [...(rooms.get(select.value) ?? []), ...(rooms.get("") ?? [])].sort();
    choices.replaceChildren(
      ...[...new Set(known)].map((one) =>
        el("label", { class: "choice" }, el("input", { type: "checkbox", value: one }), one),
      ),
    );
  };
  select.addEventListener("change", fill);
  return {
    hasAny: own.length > 0,
    fill,
    parts: [
      el("label", {}, say("start.station"), select),
      el("fieldset", {}, el("legend", {}, say(legend)), choices),
    ],
    chosen: () => ({
      station: select.value,
      locations: [...choices.querySelectorAll("input:checked")].map((one) => one.value),
    }),
  };
}

async function startForm(page) {
  const { say } = page;
  const where = await places(page, "start.rooms");
  if (!where.hasAny) return "";
  const title = el("input", { name: "title", maxlength: 200 });
  const start = async () => {
    const body = { ...where.chosen(), title: title.value };
    const made = await ask("/stocktakes", { method: "POST", body });
    window.location.assign(`/stocktake/${made.id}`);
  };
  const refused = (error) =>
    error instanceof Refused && error.status === 409
      ? say("start.taken", error.problem)
      : worded(say, error, { 422: "start.nothing" });
  const parts = [el("label", {}, say("start.name"), title), ...where.parts];
  return folded(page, "start", { where, parts, act: start, refused });
}

async function labelForm(page) {
  const { say } = page;
  const where = await places(page, "labels.rooms");
  if (!where.hasAny) return "";
  const sheet = el(
    "select",
    { name: "sheet" },
    ["3x8", "5x13", "roll62"].map((one) => el("option", { value: one }, say(`labels.${one}`))),
  );
  const used = el("input", { name: "used", type: "number", min: 0, max: 64, value: 0 });
  const print = async () => {
    const body = { ...where.chosen(), sheet: sheet.value, used: Number(used.value) };
    save(await ask("/labels", { method: "POST", body }), `labels-${body.station}.pdf`);
    return say("labels.made");
  };
  const parts = [
    el("label", {}, say("labels.sheet"), sheet),
    el("label", {}, say("labels.used"), used),
    ...where.parts,
  ];
  const refused = (error) => worded(say, error, { 422: "labels.nothing" });
  return folded(page, "labels", { where, parts, act: print, refused });
}

// A form that is folded away until it is wanted; `act` may say what was done.
function folded({ say }, name, { where, parts, act, refused }) {
  const told = el("p", { role: "alert", hidden: true });
  const button = el("button", { class: "main" }, say(`${name}.submit`));
  const submit = async (event) => {
    event.preventDefault();
    told.hidden = true;
    button.disabled = true;
    try {
      told.className = "notice";
      told.textContent = (await act()) ?? "";
    } catch (error) {
      told.className = "trouble";
      told.textContent = refused(error);
    } finally {
      button.disabled = false;
      told.hidden = !told.textContent;
    }
  };
  return el(
    "details",
    { class: `card ${name}`, ontoggle: where.fill },
    el("summary", {}, say(`${name}.title`)),
    el("form", { onsubmit: submit }, parts, el("p", { class: "muted" }, say(`${name}.help`)), told, button),
  );
}

// Places by station code; under "" those of things that serve every station.
async function placesByStation() {
  const places = new Map();
  for (const one of await askAll("/equipment")) {
    if (!one.location) continue;
    for (const code of one.station_codes.length ? one.station_codes : [""]) {
      if (!places.has(code)) places.set(code, new Set());
      places.get(code).add(one.location);
    }
  }
  return places;
}
