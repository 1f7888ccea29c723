"""What of checking in stands on pages: a script that asks the API, and nothing of bookings itself.

The script is part of the page and named by its hash, so that no other one runs.
"""

from html import escape
from importlib.resources import files

from inventory.public_pages import Heading, Look, reading_style

_TEXTS = {
    "title": ("预约签到", "Check in"),
    "other": ("English", "中文"),
    "ask": ("已预约这台设备？登录签到", "Booked this? Log in to check in"),
    "no_script": ("请开启浏览器的 JavaScript。", "Please allow JavaScript."),
}
SCRIPT = (files("inventory") / "check_in_pages" / "check_in.js").read_text("utf-8")
"""What pages with the box must name."""


LOOK = Look(reading_style("34rem", "button{margin-top:.6rem}"), scripts=(SCRIPT,), has_forms=False)
HEADERS = LOOK.headers


def check_in_box(label: str, lang: str) -> str:
    """A part of another page: it says nothing by itself but where to log in."""
    href = escape(f"/check-in/{label}?lang={lang}", quote=True)
    inside = f'<p><a href="{href}">{_say(lang, "ask")} →</a></p>'
    return _place(label, "box", inside)


def check_in_page(label: str, lang: str) -> str:
    """A page of its own, where one who is not logged in can do so."""
    body = _place(label, "page", f"<noscript>{_say(lang, 'no_script')}</noscript>")
    heading = Heading(_text(lang, "title"), _text(lang, "other"), f"/check-in/{label}")
    return LOOK.page(lang, heading, body)


def _place(label: str, mode: str, inside: str) -> str:
    named = escape(label, quote=True)
    return (
        f'<section id="check-in" data-label="{named}" data-mode="{mode}" aria-live="polite">'
        f"{inside}</section><script>{SCRIPT}</script>"
    )


def _text(lang: str, key: str) -> str:
    return _TEXTS[key][lang == "en"]


def _say(lang: str, key: str) -> str:
    return escape(_text(lang, key))
