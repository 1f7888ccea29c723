// Who is it, which stocktake, which language; everything works from what the device has kept too.

import { Refused, ask, el } from "./elements.js";
import { Counting, fetchSheet } from "./counting.js";
import { loginForm, showKeptList, showList, worded } from "./lists.js";
import * as store from "./store.js";
import { speaker } from "./texts.js";

const main = document.getElementById("main");

async function chosenLanguage() {
  const asked = new URLSearchParams(window.location.search).get("lang");
  if (asked === "zh" || asked === "en") await store.keepFact("lang", asked);
  return store.fact("lang", "zh");
}

function showHead(say, lang, id) {
  const turn = async () => {
    await store.keepFact("lang", lang === "en" ? "zh" : "en");
    const url = new URL(window.location.href);
    url.searchParams.delete("lang");
    window.location.replace(url);
  };
  document.documentElement.lang = lang === "en" ? "en" : "zh-CN";
  document.title = `${say("title")}${id ? ` ${id}` : ""} · ${say("app")}`;
  document.getElementById("head").replaceChildren(
    el("a", { href: id ? "/stocktake/" : "/" }, `‹ ${say(id ? "back" : "dashboard")}`),
    el("button", { class: "plain", onclick: turn, lang: lang === "en" ? "zh-CN" : "en" }, say("other.language")),
  );
}

// Who I am; from the last time where there is no answer. `mustLogIn` when the login is over.
async function whoAmI() {
  try {
    const me = await ask("/me");
    await store.keepFact("me", me);
    return { me, mustLogIn: false };
  } catch (error) {
    const mustLogIn = error instanceof Refused && error.status === 401;
    return { me: await store.fact("me"), mustLogIn };
  }
}

async function showStocktake(page, id) {
  let sheet = await store.get("sheets", id);
  // another person than the one who saw it must be let in by the server first
  if (sheet && sheet.who !== page.me.username) sheet = null;
  try {
    sheet = await fetchSheet(id, page.me.username);
  } catch (error) {
    const isHidden = error instanceof Refused && [403, 404].includes(error.status);
    if (isHidden || !sheet) {
      const text = error instanceof Refused ? worded(page.say, error) : page.say("no.page.offline");
      main.replaceChildren(el("p", { class: "trouble" }, text));
      return;
    }
  }
  await store.keepFact("latest", id);
  await new Counting(page, sheet).start();
}

async function show() {
  const id = Number(/^\/stocktake\/(\d+)$/.exec(window.location.pathname)?.[1] ?? 0);
  const lang = await chosenLanguage();
  const say = speaker(lang);
  showHead(say, lang, id);
  const { me, mustLogIn } = await whoAmI();
  const code = new URLSearchParams(window.location.search).get("code") ?? "";
  const hasSheet = id && me && (await store.get("sheets", id))?.who === me.username;
  if (!me || (mustLogIn && !hasSheet)) {
    main.replaceChildren(
      el("h1", {}, say("login.title")),
      mustLogIn ? loginForm(say, show) : el("p", { class: "trouble" }, say("no.network")),
    );
    return;
  }
  const page = { main, say, lang, me, code };
  if (id) {
    await showStocktake(page, id);
    return;
  }
  try {
    await showList(page);
  } catch (error) {
    if (error instanceof Refused) main.replaceChildren(el("p", { class: "trouble" }, worded(say, error)));
    else showKeptList(page, await store.fact("list", []));
  }
}

async function begin() {
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/stocktake/worker.js").catch(() => {});
  }
  // ask the browser not to throw away what waits here when the device runs out of room
  navigator.storage?.persist?.().catch(() => {});
  try {
    await store.deviceId();
  } catch {
    main.replaceChildren(el("p", { class: "trouble" }, speaker("zh")("no.storage"), " ", speaker("en")("no.storage")));
    return;
  }
  await show();
}

begin();
