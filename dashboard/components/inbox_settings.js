// How a person is told: address with its code, quiet hours, and each kind of message by mail.

async function openSettings(view, done = "") {
  const { say, data } = view;
  let found = null;
  try {
    found = await getJson(`${data.api}/notifications/preferences`);
  } catch (error) {
    if (!(error instanceof Refused || error instanceof TypeError)) throw error;
    view.broke();
    return;
  }
  view.panel.show(say, say("inbox.settings"), done ? el("p", { class: "done", role: "status" }, done) : null,
    addressBox(view, found), hoursBox(view, found));
}

// A form that says by its own line why it was refused, and opens the panel anew when it was not.
function inboxForm(view, fields, act, button, done = "") {
  const told = el("p", { class: "refused", role: "alert" });
  const main = el("button", { type: "submit", class: "main", "data-focus": `do-${button}` }, view.say(button));
  return el("form", { class: "form", onsubmit: async (event) => {
    event.preventDefault();
    main.disabled = true;
    told.textContent = "";
    try {
      await act(new FormData(event.target));
      if (done !== null) await openSettings(view, done);
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      told.textContent = problemText(view.say, view.data.lang, error);
    } finally {
      main.disabled = false;
    }
  } }, ...fields, told, main);
}

function inboxField(label, name, attributes = {}) {
  return el("label", { class: "stacked" }, label,
    el("input", { type: "text", name, "data-focus": name, autocomplete: "off", ...attributes }));
}

function inboxChoice(label, name, options, value) {
  return el("label", { class: "stacked" }, label, el("select", { name, "data-focus": name },
    ...options.map(([key, words]) => el("option", { value: key, selected: key === value }, words))));
}

function addressBox(view, found) {
  const { say, data } = view;
  const api = `${data.api}/notifications/address`;
  if (!found.can_mail) {
    return el("section", { class: "box" }, el("h3", {}, say("inbox.mail")), el("p", {}, say("inbox.no_mail")));
  }
  const state = !found.address ? null : el("p", { class: found.is_verified ? "done" : "muted" },
    say(found.is_verified ? "inbox.verified" : "inbox.unverified"));
  const isAsked = found.address && !found.is_verified && found.code_until;
  return el("section", { class: "box" }, el("h3", {}, say("inbox.mail")), state,
    found.mail_trouble ? el("p", { class: "refused" }, say("inbox.trouble", { reason: found.mail_trouble })) : null,
    inboxForm(view, [inboxField(say("inbox.address"), "address",
      { type: "email", inputmode: "email", required: true, value: found.address ?? "" })],
    (form) => send("PUT", api, { address: String(form.get("address")).trim() }), "inbox.send_code"),
    isAsked ? el("p", {}, say("inbox.code_sent",
      { address: found.address, at: new Date(found.code_until).toLocaleTimeString("zh-CN", SCHOOL_TIME) })) : null,
    isAsked ? inboxForm(view, [inboxField(say("inbox.code"), "code",
      { inputmode: "numeric", required: true, autocomplete: "one-time-code", maxlength: 10 })],
    (form) => send("POST", `${api}/code`, { code: String(form.get("code")).trim() }), "inbox.confirm") : null,
    found.address ? forgetting(view, api) : null);
}

function forgetting(view, api) {
  const told = el("p", { class: "refused", role: "alert" });
  return el("div", {}, sureButton("forget", view.say("inbox.forget"), view.say("inbox.forget_sure"), async () => {
    try {
      await send("DELETE", api);
      await openSettings(view, view.say("inbox.forgotten"));
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      told.textContent = problemText(view.say, view.data.lang, error);
    }
  }), told);
}

// What takes something away asks once more, in its own place.
function sureButton(key, words, sure, act) {
  const button = el("button", { type: "button", class: "plain", "data-focus": key, onclick: async () => {
    if (!button.dataset.sure) {
      button.dataset.sure = "yes";
      button.textContent = sure;
      return;
    }
    button.disabled = true;
    await act();
    button.disabled = false;
  } }, words);
  return button;
}

function hoursBox(view, found) {
  const { say, data } = view;
  const time = (name) => inboxField(say(`inbox.${name}`), name,
    { type: "time", required: true, value: found[name] });
  const timings = data.timings.map((one) => [one, say(`mail_timing.${one}`)]);
  const kinds = found.kinds.map((one) => el("label", { class: "kind" },
    el("span", {}, say(`message_kind.${one.kind}`),
      one.urgency === "urgent" ? el("span", { class: "chip bad" }, say("inbox.urgent")) : null),
    el("select", { name: `kind-${one.kind}`, "data-focus": one.kind },
      ...timings.map(([key, words]) => el("option", { value: key, selected: key === one.timing }, words)))));
  const save = (form) => send("PATCH", `${data.api}/notifications/preferences`, {
    ...Object.fromEntries(["language", "quiet_from", "quiet_until", "digest_at"].map((name) => [name, form.get(name)])),
    timings: Object.fromEntries(found.kinds.filter((one) => form.get(`kind-${one.kind}`) !== one.timing)
      .map((one) => [one.kind, form.get(`kind-${one.kind}`)])),
  });
  return el("section", { class: "box" }, el("h3", {}, say("inbox.hours")),
    inboxForm(view, [
      el("div", { class: "rowed" }, time("quiet_from"), time("quiet_until"), time("digest_at"),
        inboxChoice(say("inbox.mail_language"), "language", [["zh", "中文"], ["en", "English"]], found.language)),
      el("p", { class: "small muted" }, say("inbox.quiet_hint")),
      el("h3", {}, say("inbox.kinds")), el("div", { class: "kinds" }, ...kinds),
    ], save, "inbox.save", say("inbox.saved")));
}
