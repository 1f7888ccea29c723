// Where a moment stands in the week plan: columns are lessons in pairs, whatever lies between them
// stands on their border. All clocks are the school's, whatever the browser's are.

const SCHOOL_ZONE = "Asia/Shanghai";
const SCHOOL_OFFSET = "+08:00";
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const WEEK_DAYS = 7;
const PAIR_GAP_MIN = 20;

function schoolWords(lang, iso, options) {
  const words = new Date(iso).toLocaleString(lang === "en" ? "en-GB" : "zh-CN",
    { timeZone: SCHOOL_ZONE, hourCycle: "h23", ...options });
  // 11/23 周一: Chinese browsers leave no space between the two
  return words.replace(/(\d)(周)/, "$1 $2");
}

function schoolDay(at) {
  // the one locale whose dates are those of ISO 8601
  return new Date(at).toLocaleDateString("sv-SE", { timeZone: SCHOOL_ZONE });
}

function schoolClock(at) {
  return new Date(at).toLocaleTimeString("sv-SE", { timeZone: SCHOOL_ZONE, hour: "2-digit", minute: "2-digit" });
}

function schoolMoment(day, time) {
  return `${day}T${time}:00${SCHOOL_OFFSET}`;
}

function dayAfter(day, days) {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

function mondayOf(day) {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % WEEK_DAYS;
  return dayAfter(day, -weekday);
}

function spanWords(lang, start, end) {
  const day = { month: "numeric", day: "numeric", weekday: "short" };
  const isOneDay = schoolDay(start) === schoolDay(Date.parse(end) - 1);
  const until = isOneDay ? schoolClock(end) : `${schoolWords(lang, end, day)} ${schoolClock(end)}`;
  return `${schoolWords(lang, start, day)} ${schoolClock(start)}–${until}`;
}

// Lessons of a day in pairs, with minutes since the day began: [{name, start, end}].
function lessonPairs(days) {
  const fullest = days.reduce((best, day) => (day.lessons.length > best.lessons.length ? day : best), days[0]);
  const midnight = Date.parse(schoolMoment(fullest.day, "00:00"));
  const pairs = [];
  for (const lesson of fullest.lessons) {
    const start = (Date.parse(lesson.start_at) - midnight) / MINUTE_MS;
    const end = (Date.parse(lesson.end_at) - midnight) / MINUTE_MS;
    const last = pairs.at(-1);
    if (last && last.count === 1 && start - last.end <= PAIR_GAP_MIN) {
      Object.assign(last, { end, count: 2, name: `${last.name}-${lesson.number}` });
    } else pairs.push({ start, end, count: 1, name: String(lesson.number) });
  }
  if (pairs.length) return pairs;
  return [[8, 12], [14, 18]].map(([from, to]) => ({ start: from * 60, end: to * 60, count: 1, name: `${from}-${to}` }));
}

// Place of a minute of the day among the columns, 0 to their number.
function placeOf(pairs, minute) {
  for (const [at, pair] of pairs.entries()) {
    if (minute < pair.start) return at;
    if (minute < pair.end) return at + (minute - pair.start) / (pair.end - pair.start);
  }
  return pairs.length;
}

class WeekShape {
  constructor(week, days) {
    this.start = Date.parse(week.start_at);
    this.days = days;
    this.pairs = days.length ? lessonPairs(days) : [];
    this.eventsOf = Map.groupBy ? Map.groupBy(week.events, (one) => one.resource_key) : new Map();
    if (!Map.groupBy) {
      for (const one of week.events) {
        if (!this.eventsOf.has(one.resource_key)) this.eventsOf.set(one.resource_key, []);
        this.eventsOf.get(one.resource_key).push(one);
      }
    }
  }

  midnight(day) {
    return this.start + day * DAY_MINUTES * MINUTE_MS;
  }

  slot(day, at) {
    const midnight = this.midnight(day);
    const pair = this.pairs[at];
    return { start: midnight + pair.start * MINUTE_MS, end: midnight + pair.end * MINUTE_MS };
  }

  events(key, day) {
    const from = this.midnight(day);
    const to = this.midnight(day + 1);
    return (this.eventsOf.get(key) ?? []).filter((one) =>
      Date.parse(one.start_at) < to && Date.parse(one.end_at) > from);
  }

  // Left edge and width in columns; what lies outside of all lessons still has some.
  bar(event, day) {
    const midnight = this.midnight(day);
    const minute = (iso) => Math.min(DAY_MINUTES, Math.max(0, (Date.parse(iso) - midnight) / MINUTE_MS));
    const right = placeOf(this.pairs, minute(event.end_at));
    const left = placeOf(this.pairs, minute(event.start_at));
    const width = Math.max(right - left, 0.35);
    return { left: Math.min(left, this.pairs.length - width), width };
  }

  isOpen(day, slot) {
    return this.days[day].open.some((one) => Date.parse(one.start_at) <= slot.start && slot.end <= Date.parse(one.end_at));
  }

  isFree(key, day, at, now) {
    const slot = this.slot(day, at);
    if (slot.end <= now || !this.isOpen(day, slot)) return false;
    return !(this.eventsOf.get(key) ?? []).some((one) =>
      Date.parse(one.blocked_from) < slot.end && slot.start < Date.parse(one.blocked_to));
  }
}
