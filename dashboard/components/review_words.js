// What the review pages share: how a state looks, whose turn it is, days, dates and papers.

const REVIEW_OVER = ["withdrawn", "revoked"];
const REVIEW_BACK = ["application_returned", "conditions_returned"];
const HASH_SHOWN = 12;

// The look of a review for the side that looks; a state is never told by colour alone.
function reviewLook(review, side) {
  if (!review) return { kind: "na", glyph: "none" };
  if (REVIEW_OVER.includes(review.state)) return { kind: "off", glyph: "over" };
  if (review.state === "suspended") return { kind: "not", glyph: "suspended" };
  if (REVIEW_BACK.includes(review.state)) return { kind: "advice", glyph: "returned" };
  if (review.state === "running") return { kind: "ready", glyph: "running" };
  return review.waiting_for === side ? { kind: "use", glyph: "turn" } : { kind: "off", glyph: "waits" };
}

function reviewPill(say, review, side, attributes = {}) {
  const { kind, glyph } = reviewLook(review, side);
  const state = review?.state ?? "none";
  return pill(kind, say(`review_glyph.${glyph}`), say(`review_state.${state}`),
    { "data-state": state, ...attributes });
}

function daysSince(iso) {
  return Math.max(0, Math.floor((Date.now() - Date.parse(iso)) / 86400000));
}

function dayAndTime(lang, iso) {
  const at = new Date(iso);
  const locale = lang === "en" ? "en-GB" : "zh-CN";
  const day = at.toLocaleDateString(locale, { year: "numeric", month: "2-digit", day: "2-digit" });
  return `${day} ${at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hour12: false })}`;
}

function shortHash(sha256) {
  return sha256.slice(0, HASH_SHOWN);
}

// Papers go up one by one and come back as the ids that a step names.
async function sendPapers(api, organisation, papers) {
  const ids = [];
  for (const file of papers.querySelector("input").files) {
    const form = new FormData();
    form.append("file", file);
    form.append("organisation", organisation);
    ids.push((await send("POST", `${api}/documents`, form)).id);
  }
  return ids;
}

function papersField(say) {
  const names = el("span", { class: "small muted" });
  const input = el("input", {
    type: "file", multiple: true, accept: ".pdf,.jpg,.jpeg,.png,.webp", "data-field": "papers", class: "sr",
    "aria-label": say("review.papers"),
    onchange: () => { names.textContent = [...input.files].map((file) => file.name).join("、"); },
  });
  return el("div", { class: "papers" }, el("label", { class: "plain file" }, `▤ ${say("review.papers")}`, input), names);
}

const STATUS_KINDS = { ready: "ready", advice_only: "advice", unknown: "unknown", not_ready: "not" };
const STATUS_ORDER = ["ready", "advice_only", "unknown", "not_ready"];

function statusPill(say, status, attributes = {}) {
  if (!status) return pill("na", say("glyph.none"), say("status.none"), attributes);
  return pill(STATUS_KINDS[status], say(`glyph.${status}`), say(`status.${status}`),
    { "data-status": status, ...attributes });
}

// A pill for a row in one check: met everywhere it is asked for, or with what kind of gap.
function rowPill(say, check) {
  if (!check.asked && !check.findings?.length) return el("span", { class: "muted" }, say("review.not_asked"));
  // a finding on the list as a whole is asked for nowhere
  const words = check.asked ? say("review.met_of", check) : say("station.unmet");
  const title = say("review.met_of_long", check);
  if (check.met === check.asked && !check.findings?.length) return pill("ready", say("glyph.ready"), words, { title });
  const isBinding = (check.findings ?? []).some((one) => one.is_binding);
  return isBinding
    ? pill("not", say("glyph.not_ready"), words, { title })
    : pill("advice", say("glyph.advice_only"), words, { title });
}
