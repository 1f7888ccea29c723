// Whoever scanned the label on a thing, and has a booking of it, checks in with one tap. Shown on the
// page a label leads to ("box"), and on a page of its own where one can log in first ("page").
"use strict";
{
  const TEXTS = {
    zh: {
      none: "您今天没有这台设备的预约。", book: "去预约 →",
      login: "登录后可以签到。", username: "用户名", password: "密码", enter: "登录",
      wrong_login: "用户名或密码不正确。", too_many: "尝试过多，请 {s} 秒后再试。",
      visitor: "您的账号不能预约设备，请联系站长。", unknown: "这个标签无效，请扫描设备上的最新标签。",
      check_in: "签到", checked_in: "✓ 已签到（{at}）", opens: "○ {at} 起可签到",
      end_early: "提前结束", sure: "确认结束？剩余时间将释放",
      did_check_in: "签到成功。", did_end_early: "已结束，剩余时间已释放。",
      refused: "未能办理：预约情况已有变化，请看最新状态。", foreign: "请从设备标签打开本页后再试。",
      lost: "网络连接失败，请重试。", again: "重试",
      class: "上课", exam: "考核", maintenance: "维护", open_sharing: "开放共享",
    },
    en: {
      none: "You have no booking of this today.", book: "Book it →",
      login: "Log in to check in.", username: "User name", password: "Password", enter: "Log in",
      wrong_login: "User name or password is wrong.", too_many: "Too many attempts; try again in {s} s.",
      visitor: "Your account does not book rigs; please ask the station master.",
      unknown: "This label is not valid; please scan the one that is there now.",
      check_in: "Check in", checked_in: "✓ Checked in ({at})", opens: "○ Check-in from {at}",
      end_early: "End now", sure: "Really end? The rest becomes free",
      did_check_in: "You are checked in.", did_end_early: "Ended; the rest is free for others.",
      refused: "Not possible: the booking has changed meanwhile. This is how it stands.",
      foreign: "Please open this page from the label and try again.",
      lost: "No connection; please try again.", again: "Try again",
      class: "Class", exam: "Exam", maintenance: "Maintenance", open_sharing: "Open sharing",
    },
  };
  const API = "/api/v1";
  const isEnglish = document.documentElement.lang === "en";
  const place = document.getElementById("check-in");
  const isPage = place.dataset.mode === "page";
  let done = null;
  let isDrawn = false;

  const say = (key, values = {}) =>
    TEXTS[isEnglish ? "en" : "zh"][key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value);
    }
    node.append(...children.filter((one) => one !== null));
    return node;
  }

  const clock = (iso, options = { hour: "2-digit", minute: "2-digit" }) =>
    new Date(iso).toLocaleString(isEnglish ? "en-GB" : "zh-CN", { timeZone: "Asia/Shanghai", hourCycle: "h23", ...options });
  const day = (iso) => `${clock(iso, { month: "numeric", day: "numeric" })} ${clock(iso, { weekday: "short" })}`;
  const show = (...parts) => place.replaceChildren(...[done, ...parts].filter((one) => one !== null));
  const told = (words) => el("p", { class: "told", role: "status" }, words);
  const wrong = (words) => el("p", { class: "wrong", role: "alert" }, words);

  function post(path, body) {
    return fetch(API + path, {
      method: "POST", cache: "no-store",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-Stationmaster": "1" },
      body: JSON.stringify(body),
    });
  }

  async function load() {
    let answer;
    try {
      const query = new URLSearchParams({ label: place.dataset.label });
      answer = await fetch(`${API}/check-ins?${query}`, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.ok) return draw(await answer.json());
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    }
    return explain(answer?.status);
  }

  // Without an answer the page stays what it is to everybody else.
  function explain(status) {
    if (!isPage) {
      // a login that ends while the page is open leads back to the link
      if (status === 401 && isDrawn) window.location.reload();
      else if ([403, 404].includes(status)) place.remove();
      else if (done) show();
      return;
    }
    if (status === 401) show(loginForm());
    else if (status === 403) show(wrong(say("visitor")));
    else if (status === 404) show(wrong(say("unknown")));
    else show(wrong(say("lost")), el("button", { type: "button", class: "quiet", onclick: load }, say("again")));
  }

  function draw(found) {
    isDrawn = true;
    const name = (isEnglish && found.name_en) || found.name_zh;
    const heading = isPage ? el("p", {}, el("strong", {}, name), ` ${found.code}`) : null;
    if (!found.bookings.length) {
      show(heading, el("p", { class: "note" }, say("none"), " ", el("a", { href: "/bookings" }, say("book"))));
      return;
    }
    show(heading, ...found.bookings.map(card));
  }

  function card(one) {
    const state = one.checked_in_at ? say("checked_in", { at: clock(one.checked_in_at) })
      : one.opens_at ? say("opens", { at: clock(one.opens_at) }) : "";
    return el("div", { class: "told", "data-booking": one.booking_id },
      el("h2", {}, one.title || say(one.purpose)),
      el("p", {}, `${day(one.start_at)} ${clock(one.start_at)}–${clock(one.end_at)}`),
      state ? el("p", { "data-state": "" }, state) : null,
      ...one.steps.map((step) => stepButton(one, step)));
  }

  function stepButton(one, step) {
    const isEnd = step === "end_early";
    const button = el("button", { type: "button", "data-step": step, class: isEnd ? "quiet" : "" }, say(step));
    let isSure = !isEnd;
    button.addEventListener("click", () => {
      if (isSure) take(one, step, button);
      else {
        // what is given back may be somebody else's a moment later
        isSure = true;
        button.textContent = say("sure");
      }
    });
    return button;
  }

  async function take(one, step, button) {
    button.disabled = true;
    try {
      const answer = await post(`/bookings/${one.booking_id}/steps`, { step });
      if (answer.ok) done = told(say(`did_${step}`));
      else if (answer.status !== 401) done = wrong(say("refused"));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      done = wrong(say("lost"));
    }
    await load();
    // the list may not have come
    button.disabled = false;
  }

  function loginForm() {
    const username = el("input", { id: "username", autocomplete: "username", autocapitalize: "none", required: "" });
    const password = el("input", { id: "password", type: "password", autocomplete: "current-password", required: "" });
    const said = el("p", { role: "alert" });
    const enter = async (event) => {
      event.preventDefault();
      said.className = "";
      said.textContent = "";
      try {
        const answer = await post("/login", { username: username.value.trim(), password: password.value });
        if (answer.ok) return await load();
        said.textContent = refusal(answer);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        said.textContent = say("lost");
      }
      said.className = "wrong";
      return password.focus();
    };
    return el("form", { onsubmit: enter }, el("p", {}, say("login")),
      el("label", { for: "username" }, say("username")), username,
      el("label", { for: "password" }, say("password")), password, said,
      el("button", {}, say("enter")));
  }

  function refusal(answer) {
    if (answer.status === 429) return say("too_many", { s: answer.headers.get("Retry-After") ?? 60 });
    if (answer.status === 403) return say("foreign");
    return say(answer.status < 500 ? "wrong_login" : "lost");
  }

  load();
}
