// The end of a stocktake: signing, the record, and what it proposes for the register.

import { Refused, ask, askAll, el, moment, save } from "./elements.js";
import { worded } from "./lists.js";

export function endingParts(counting) {
  const { stocktake } = counting.sheet;
  if (stocktake.state === "open") {
    return stocktake.may_manage ? [endForm(counting)] : [];
  }
  if (stocktake.state !== "signed") return [];
  counting.recordPart ??= recordPart(counting);
  return [counting.recordPart];
}

function endForm(counting) {
  if (counting.endForm) return counting.endForm;
  const { say } = counting;
  const note = el("textarea", { name: "note", maxlength: 1000, rows: 2 });
  const told = el("p", { class: "trouble", role: "alert", hidden: true });
  const despite = el("input", { type: "checkbox", name: "despite" });
  const tick = el("label", { class: "choice", hidden: true }, despite, say("end.despite"));
  const refuse = (text) => {
    told.hidden = false;
    told.textContent = text;
  };
  const end = async (step) => {
    told.hidden = true;
    await counting.load();
    if (step === "sign" && counting.waiting.length && !despite.checked) {
      tick.hidden = false;
      return refuse(say("end.own", { n: counting.waiting.length }));
    }
    const body = { note: note.value, despite_unsent: despite.checked };
    try {
      await ask(`/stocktakes/${counting.id}/${step}`, { method: "POST", body });
      return window.location.reload();
    } catch (error) {
      if (error instanceof Refused && error.problem.unsent) {
        tick.hidden = false;
        const { unsent, people } = error.problem;
        return refuse(say("end.unsent", { n: unsent, who: people.join("、") }));
      }
      return refuse(worded(say, error));
    }
  };
  const cancel = el("button", {
    type: "button", class: "plain",
    onclick: () => {
      if (cancel.dataset.sure) return end("cancel");
      cancel.dataset.sure = "1";
      cancel.textContent = say("end.cancel.sure");
      return null;
    },
  }, say("end.cancel"));
  counting.endForm = el("details", { class: "card" },
    el("summary", {}, say("manage.end")),
    el("form", {
      onsubmit: (event) => {
        event.preventDefault();
        end("sign");
      },
    },
    el("p", { class: "muted" }, say("end.help")),
    el("label", {}, say("end.note"), note),
    told, tick,
    el("div", { class: "buttons" }, el("button", { class: "main" }, say("end.sign")), cancel)));
  return counting.endForm;
}

function recordPart(counting) {
  const { say, sheet, page } = counting;
  const { stocktake } = sheet;
  const proposals = el("div", { class: "proposals" }, el("p", { class: "muted" }, say("loading")));
  const told = el("p", { class: "trouble", role: "alert", hidden: true });
  const fill = async () => {
    try {
      const found = await askAll(`/stocktakes/${counting.id}/proposals`);
      proposals.replaceChildren(proposalList(counting, found, fill));
    } catch (error) {
      proposals.replaceChildren(el("p", { class: "trouble" }, worded(say, error)));
    }
  };
  const download = async () => {
    told.hidden = true;
    try {
      const record = await ask(`/stocktakes/${counting.id}/record`);
      if (!record.is_intact) throw new Refused(0, { detail: say("record.broken") });
      save(new Blob([record.text], { type: "application/json" }), `stocktake-${counting.id}-${record.sha256.slice(0, 8)}.json`);
    } catch (error) {
      told.hidden = false;
      told.textContent = worded(say, error);
    }
  };
  fill();
  return el("div", {},
    el("section", { class: "card record" },
      el("h2", {}, say("record")),
      el("p", {}, say("record.by", { who: stocktake.ended_by, at: moment(page.lang, stocktake.ended_at) })),
      stocktake.note ? el("p", {}, stocktake.note) : "",
      el("p", { class: "hash" }, `${say("record.hash")}: `, el("code", {}, stocktake.sha256)),
      el("button", { class: "plain", onclick: download }, say("record.get")),
      told),
    el("section", { class: "card" }, el("h2", {}, say("proposals")), proposals));
}

function proposalList(counting, found, again) {
  const { say, sheet } = counting;
  if (found.length === 0) return el("p", { class: "empty" }, say("proposals.none"));
  const mayDecide = sheet.stocktake.may_manage;
  const told = el("p", { class: "trouble", role: "alert", hidden: true });
  const apply = el("button", { class: "main" }, "");
  const boxes = [];
  const chosen = () => boxes.filter((one) => one.box.checked);
  const word = () => {
    apply.textContent = say("proposals.apply", { n: chosen().length });
    apply.disabled = chosen().length === 0;
  };
  const rows = found.map((one) => {
    const isOpen = one.state === "open" && mayDecide;
    const box = el("input", { type: "checkbox", checked: true, onchange: word });
    if (isOpen) boxes.push({ box, key: { asset_number: one.asset_number, kind: one.kind } });
    return el("li", { "data-asset": one.asset_number, "data-state": one.state },
      el("label", { class: "choice" }, isOpen ? box : "",
        el("span", {},
          el("strong", {}, say(`kind.${one.kind}`)), ` ${one.item_zh} ${one.asset_number}: `,
          `${valueOf(say, one, one.old)} → ${valueOf(say, one, one.new)}`,
          el("span", { class: "muted" }, ` · ${say(`proposal.${one.state}`)}`,
            one.decided_by ? ` · ${one.decided_by}` : ""))));
  });
  const decide = async (isApplied) => {
    const body = { is_applied: isApplied, proposals: chosen().map((one) => one.key) };
    try {
      await ask(`/stocktakes/${counting.id}/proposals/decision`, { method: "POST", body });
      await again();
    } catch (error) {
      told.hidden = false;
      told.textContent = worded(say, error);
    }
  };
  apply.addEventListener("click", () => decide(true));
  word();
  const decline = el("button", { class: "plain", onclick: () => decide(false) }, say("proposals.decline"));
  return el("div", {}, el("ul", { class: "rows" }, rows), told,
    boxes.length ? el("div", { class: "buttons" }, apply, decline) : "");
}

function valueOf(say, one, value) {
  if (!value) return say("value.none");
  const isStatus = one.kind === "mark_missing" || one.kind === "put_back_in_service";
  return isStatus ? say(`value.${value}`) : value;
}
