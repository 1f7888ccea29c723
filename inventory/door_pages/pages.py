"""The door's page: big words that renew themselves, every text escaped, nothing from elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from inventory.door_pages.rules import DoorSlot, DoorState
from inventory.moments import SCHOOL_ZONE
from inventory.public_pages import FONTS, Look

RENEWED_EVERY_S = 30
_TEXTS: Mapping[str, tuple[str, str]] = {
    "free": ("空闲", "Free"),
    "free_until": ("空闲到 {at}", "Free until {at}"),
    "in_use": ("使用中，到 {at}", "In use until {at}"),
    "under_repair": ("维修中，暂停使用（工单 {n}）", "Out of use, under repair (work order {n})"),
    "next": ("接下来", "Next"),
    "nothing": ("七天内没有其他预约", "Nothing else is booked within seven days"),
    "no_rigs": ("这里还没有台架。", "There are no rigs here yet."),
    "as_of": ("截至 {at}", "as of {at}"),
    "lost": ("连接中断，以下为", "No connection; this is"),
    "class": ("上课", "Class"),
    "exam": ("考核", "Exam"),
    "maintenance": ("维护", "Maintenance"),
    "open_sharing": ("开放共享", "Open sharing"),
    "gone": ("这个地址已停用。", "This address is no longer in use."),
}
_DAYS = (
    ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
)
_SHOWN_NEXT = 5
_STYLE = (
    "*{box-sizing:border-box}body{margin:0;min-height:100vh;padding:3vmin;background:#fff;"
    f"color:#1b2430;font:max(2.6vmin,14px)/1.4 {FONTS}}}"
    "header{display:flex;justify-content:space-between;align-items:baseline;gap:2vmin;"
    "font-size:max(3.4vmin,15px)}h1{font-size:5vmin;margin:0}"
    "#clock{white-space:nowrap}"
    ".lost{background:#fdecea;color:#7a1a12;border-left:1vmin solid #b42318;padding:1vmin 2vmin}"
    ".rig{border-left:1.6vmin solid;padding:2vmin 3vmin;margin:2vmin 0;border-radius:1vmin}"
    ".free{border-color:#0a7d5b;background:#e9f7f1}"
    ".busy{border-color:#0b5cad;background:#e9f2fc}"
    ".off{border-color:#b42318;background:#fdecea}"
    ".rig h2{margin:0;font-size:4vmin}.state{font-size:6vmin;font-weight:700;margin:.5vmin 0}"
    ".what{font-size:4vmin;margin:0}.one{grid-column:1/-1}"
    ".one .state{font-size:11vmin}.one .what{font-size:6vmin}"
    "ol{margin:1vmin 0 0;padding:0;list-style:none}li{padding:.4vmin 0}"
    "time{display:inline-block;min-width:26vmin;font-variant-numeric:tabular-nums}"
    ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,60vmin),1fr));"
    "gap:0 2vmin}.muted{color:#5b6675}"
)
_SCRIPT = (
    "setInterval(async()=>{const box=document.getElementById('lost');try{"
    "const answer=await fetch(location.href,{cache:'no-store'});"
    "if(answer.status>=500||answer.status===429)throw new Error();"
    "const page=new DOMParser().parseFromString(await answer.text(),'text/html');"
    "document.querySelector('main').replaceWith(page.querySelector('main'));"
    "document.getElementById('clock').replaceWith(page.getElementById('clock')||'');"
    "box.hidden=true}catch{box.hidden=false}},"
    f"{RENEWED_EVERY_S * 1000})"
)


LOOK = Look(_STYLE, scripts=(_SCRIPT,), has_forms=False)
HEADERS = LOOK.headers


def door_page(title: str, states: Sequence[DoorState], now: datetime, lang: str) -> str:
    """The page of a station's rigs, or of one thing in bigger words."""
    is_one = len(states) == 1
    rigs = "".join(_rig(one, now, lang, is_one=is_one) for one in states)
    return _page(title, rigs or f"<p>{_say(lang, 'no_rigs')}</p>", now, lang)


def gone_page(now: datetime) -> str:
    """The address is wrong or was ended."""
    both = f"<p>{_say('zh', 'gone')}</p><p>{_say('en', 'gone')}</p>"
    return _page("", both, now, "zh")


def _page(title: str, body: str, now: datetime, lang: str) -> str:
    at = _moment(now, now, lang)
    return LOOK.document(
        lang,
        title,
        f'<header><h1>{escape(title)}</h1><span id="clock">{_say(lang, "as_of", at=at)}</span>'
        f'</header><p id="lost" class="lost" role="alert" hidden>⚠ {_say(lang, "lost")} ↑</p>'
        f'<main class="grid">{body}</main><script>{_SCRIPT}</script>',
    )


def _rig(one: DoorState, now: datetime, lang: str, *, is_one: bool) -> str:
    kind, glyph, state = _state(one, now, lang)
    heading = f"{escape(one.code)} {escape(one.name)}"
    what = f'<p class="what">{_what(one.running, lang)}</p>' if one.running else ""
    shown = one.coming[: _SHOWN_NEXT if is_one else 1]
    rows = "".join(f"<li>{_line(slot, now, lang)}</li>" for slot in shown)
    rest = (
        f"<p>{_say(lang, 'next')}</p><ol>{rows}</ol>"
        if rows
        else f'<p class="muted">{_say(lang, "nothing")}</p>'
    )
    return (
        f'<section class="rig {kind}{" one" if is_one else ""}"><h2>{heading}</h2>'
        f'<p class="state">{glyph} {state}</p>{what}{rest}</section>'
    )


def _state(one: DoorState, now: datetime, lang: str) -> tuple[str, str, str]:
    if one.under_repair is not None:
        return "off", "✕", _say(lang, "under_repair", n=str(one.under_repair))
    if one.running is not None:
        return "busy", "▶", _say(lang, "in_use", at=_moment(one.running.end_at, now, lang))
    if one.free_until is not None:
        return "free", "✓", _say(lang, "free_until", at=_moment(one.free_until, now, lang))
    return "free", "✓", _say(lang, "free")


def _what(slot: DoorSlot, lang: str) -> str:
    words = (_say(lang, slot.purpose.value), escape(slot.title), escape(slot.who))
    return " · ".join(word for word in words if word)


def _line(slot: DoorSlot, now: datetime, lang: str) -> str:
    span = f"{_moment(slot.start_at, now, lang)}–{_clock(slot.end_at)}"
    return f"<time>{span}</time> {_what(slot, lang)}"


def _clock(at: datetime) -> str:
    return at.astimezone(SCHOOL_ZONE).strftime("%H:%M")


def _moment(at: datetime, now: datetime, lang: str) -> str:
    """The clock; with the weekday when it is not today's."""
    local = at.astimezone(SCHOOL_ZONE)
    if local.date() == now.astimezone(SCHOOL_ZONE).date():
        return _clock(at)
    return f"{_DAYS[lang == 'en'][local.weekday()]} {_clock(at)}"


def _say(lang: str, key: str, **values: str) -> str:
    return escape(_TEXTS[key][lang == "en"].format(**values))
