// Groups of 企业微信, 钉钉 and 飞书 that a school has told.

const GROUPS_EVERY_MS = 3000;
const GROUPS_LOOKS = 10;

async function openGroups(view, done = "") {
  const { say, data } = view;
  let bots = null;
  try {
    bots = await allPages(`${data.api}/group-bots`);
  } catch (error) {
    if (!(error instanceof Refused || error instanceof TypeError)) throw error;
    view.broke();
    return;
  }
  view.panel.show(say, say("inbox.groups"), done ? el("p", { class: "done", role: "status" }, done) : null,
    ...(bots.length ? bots.map((bot) => groupBox(view, bot)) : [el("p", { class: "muted" }, say("inbox.group_none"))]),
    newGroup(view));
}

// A group alone: whoever fills in another one below keeps the words.
function showGroup(view, bot, done = "") {
  view.panel.inside.querySelector(`[data-group="${bot.id}"]`)?.replaceWith(groupBox(view, bot, done));
}

function groupBox(view, bot, done = "") {
  const { say, data } = view;
  const path = `${data.api}/group-bots/${bot.id}`;
  const told = el("p", { class: "refused", role: "alert" }, bot.trouble);
  const tried = (act) => async () => {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      told.textContent = problemText(say, data.lang, error);
    }
  };
  return el("section", { class: "box", "data-group": bot.id },
    el("h3", {}, bot.name, " ", el("span", { class: "chip" }, say(`bot_service.${bot.service}`))),
    el("p", { class: "small muted" },
      bot.last_sent_at ? say("inbox.group_sent", { at: new Date(bot.last_sent_at)
        .toLocaleString(data.lang === "en" ? "en-GB" : "zh-CN", SCHOOL_TIME) }) : say("inbox.group_never"),
      bot.waiting ? ` · ${say("inbox.group_waiting", { n: bot.waiting })}` : ""),
    el("p", { class: "small" }, bot.kinds.map((one) => say(`message_kind.${one}`)).join(" · ")),
    done ? el("p", { class: "done", role: "status" }, done) : null, told,
    el("div", { class: "bar" },
      el("button", { type: "button", class: "plain", "data-focus": `test-${bot.id}`, onclick: tried(async () => {
        await send("POST", `${path}/test`, {});
        showGroup(view, bot, say("inbox.group_tested"));
        watchGroup(view, bot, GROUPS_LOOKS);
      }) }, say("inbox.group_test")),
      sureButton(`end-${bot.id}`, say("inbox.group_end"), say("inbox.group_end_sure"), tried(async () => {
        await send("DELETE", path);
        await openGroups(view, say("inbox.group_ended", { name: bot.name }));
      }))));
}

// A test goes by the outbox like everything else: how it went is seen some seconds later.
function watchGroup(view, bot, left) {
  if (!left || !view.panel.isOpen) return;
  setTimeout(async () => {
    const found = await getJson(`${view.data.api}/group-bots?limit=200`).catch(() => null);
    const now = found?.items.find((one) => one.id === bot.id);
    if (now && (now.last_sent_at !== bot.last_sent_at || now.trouble)) showGroup(view, now);
    else watchGroup(view, bot, left - 1);
  }, GROUPS_EVERY_MS);
}

function newGroup(view) {
  const { say, data } = view;
  const ticks = el("details", {}, el("summary", {}, say("inbox.group_kinds")),
    el("div", { class: "kinds" }, ...data.kinds.map((kind) => el("label", { class: "kind" },
      el("span", {}, say(`message_kind.${kind}`)), el("input", { type: "checkbox", name: "kinds", value: kind })))));
  const save = async (form) => {
    const kinds = form.getAll("kinds");
    await send("POST", `${data.api}/group-bots`, {
      name: String(form.get("name")).trim(), service: form.get("service"), language: form.get("language"),
      url: String(form.get("url")).trim(), secret: String(form.get("secret")).trim(),
      kinds: kinds.length ? kinds : null,
    });
    await openGroups(view, say("inbox.group_added"));
  };
  return el("section", { class: "box" }, el("h3", {}, say("inbox.group_add")),
    el("p", { class: "small muted" }, say("inbox.group_hint")),
    inboxForm(view, [
      inboxField(say("inbox.group_name"), "name", { required: true, maxlength: 200 }),
      inboxChoice(say("inbox.group_service"), "service",
        data.services.map((one) => [one, say(`bot_service.${one}`)]), data.services[0]),
      inboxField(say("inbox.group_url"), "url", { required: true, maxlength: 500, inputmode: "url" }),
      inboxField(say("inbox.group_secret"), "secret", { maxlength: 128 }),
      inboxChoice(say("inbox.group_language"), "language", [["zh", "中文"], ["en", "English"]], data.lang),
      ticks,
    ], save, "inbox.group_add", null));
}
