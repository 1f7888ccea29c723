"""What of checking in stands on pages: a script that asks the API, and nothing of bookings itself.

The script is part of the page and named by its hash, so that no other one runs.
"""

import base64
import hashlib
from html import escape
from importlib.resources import files

_TEXTS = {
    "title": ("预约签到", "Check in"),
    "other": ("English", "中文"),
    "ask": ("已预约这台设备？登录签到", "Booked this? Log in to check in"),
    "no_script": ("请开启浏览器的 JavaScript。", "Please allow JavaScript."),
}
_STYLE = (
    ":root{color-scheme:light dark}*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:34rem;padding:1rem;font:1rem/1.6 system-ui,'PingFang SC',"
    "'Microsoft YaHei','Noto Sans CJK SC',sans-serif}"
    "header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem}"
    "h1{font-size:1.4rem;margin:.4rem 0}h2{font-size:1.1rem;margin:.4rem 0}"
    "label{display:block;font-weight:600;margin:1rem 0 .3rem}"
    "input{width:100%;font:inherit;padding:.6rem;border:1px solid #767676;border-radius:.4rem}"
    "button{width:100%;min-height:3rem;margin-top:.6rem;font:inherit;font-weight:600;"
    "border:0;border-radius:.4rem;background:#0b57a4;color:#fff}"
    "button.quiet{background:none;color:inherit;border:1px solid #767676}"
    ".note{font-size:.9rem}"
    ".told{border-left:.3rem solid #0b57a4;padding:.5rem .8rem;margin:1rem 0}"
    ".wrong{border-left:.3rem solid #b3261e;padding:.5rem .8rem;margin:1rem 0}"
)
_SCRIPT = (files("inventory") / "check_in_pages" / "check_in.js").read_text("utf-8")


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


SOURCES = f"script-src 'sha256-{_sha256(_SCRIPT)}'; connect-src 'self'; "
"""What the policy of a page with the box must allow."""
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_sha256(_STYLE)}'; {SOURCES}"
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    # the address holds what is on a label
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def check_in_box(label: str, lang: str) -> str:
    """A part of another page: it says nothing by itself but where to log in."""
    href = escape(f"/check-in/{label}?lang={lang}", quote=True)
    inside = f'<p><a href="{href}">{_say(lang, "ask")} →</a></p>'
    return _place(label, "box", inside)


def check_in_page(label: str, lang: str) -> str:
    """A page of its own, where one who is not logged in can do so."""
    other = "en" if lang == "zh" else "zh"
    switch = escape(f"/check-in/{label}?lang={other}", quote=True)
    language = "zh-CN" if lang == "zh" else "en"
    body = _place(label, "page", f"<noscript>{_say(lang, 'no_script')}</noscript>")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_say(lang, 'title')}</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{_say(lang, 'title')}</h1>"
        f'<a href="{switch}" hreflang="{other}">{_say(lang, "other")}</a></header>'
        f"<main>{body}</main></body></html>"
    )


def _place(label: str, mode: str, inside: str) -> str:
    named = escape(label, quote=True)
    return (
        f'<section id="check-in" data-label="{named}" data-mode="{mode}" aria-live="polite">'
        f"{inside}</section><script>{_SCRIPT}</script>"
    )


def _say(lang: str, key: str) -> str:
    return escape(_TEXTS[key][lang == "en"])
