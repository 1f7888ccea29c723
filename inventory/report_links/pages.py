"""The public pages as plain HTML: nothing from elsewhere, every text escaped.

Only the box by which somebody who is logged in checks in has a script.
"""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import urlencode

from inventory.check_in_pages.pages import SCRIPT, check_in_box
from inventory.moments import SCHOOL_ZONE
from inventory.public_pages import Heading, Look, reading_style
from inventory.report_links.page_texts import Lang, say, state_words
from inventory.report_links.reporting import ReportState
from inventory.report_links.rules import MAX_TEXT, shown_number
from inventory.report_links.use_cases import LinkedThing

TRAP = "website"
"""A field people don't see and programs fill in."""
LOOK = Look(
    reading_style(
        "34rem",
        "textarea{min-height:8rem}"
        ".number{font-size:2rem;font-weight:700;letter-spacing:.1em;margin:.5rem 0}"
        ".trap{position:absolute;left:-9999px}",
    ),
    scripts=(SCRIPT,),
)
HEADERS = LOOK.headers


@dataclass(frozen=True, slots=True)
class FormPage:
    """What the form shows: the thing, what was written before, and what was the matter with it."""

    thing: LinkedThing
    form_id: str
    unfinished: int = 0
    text: str = ""
    wrong: str = ""


def form_page(lang: Lang, token: str, shown: FormPage) -> str:
    """The page on which to report."""
    thing = shown.thing
    name = thing.name_zh if lang == "zh" else thing.name_en
    known = say(lang, "known", count=shown.unfinished) if shown.unfinished else ""
    box = "" if shown.wrong else check_in_box(token, lang)
    action = f"/report/{escape(token, quote=True)}?lang={lang}"
    return _page(
        lang,
        f"/report/{token}",
        f"<p><strong>{escape(name)}</strong> <span class=note>{escape(thing.code)}</span></p>"
        f"{_wrong(shown.wrong)}{box}{_told(known)}"
        f"<p>{_say(lang, 'ask')}</p>"
        f"<p class=wrong role=note>{_say(lang, 'danger')}</p>"
        f'<form method="post" enctype="multipart/form-data" action="{action}">'
        f'<label for="text">{_say(lang, "text")}</label>'
        f'<textarea id="text" name="text" required maxlength="{MAX_TEXT}">'
        # a browser drops the first line break of a text area
        f"\n{escape(shown.text)}</textarea>"
        f'<label for="photo">{_say(lang, "photo")}</label>'
        '<input id="photo" name="photo" type="file" accept="image/jpeg,image/png,image/webp">'
        f'<div class="trap" aria-hidden="true"><label for="{TRAP}">{_say(lang, "trap")}</label>'
        f'<input id="{TRAP}" name="{TRAP}" tabindex="-1" autocomplete="off"></div>'
        f'<input type="hidden" name="form" value="{escape(shown.form_id, quote=True)}">'
        f"<p class=note>{_say(lang, 'no_account')}</p>"
        f"<button>{_say(lang, 'send')}</button></form><hr>{_look_up(lang)}",
    )


def state_page(lang: Lang, state: ReportState, *, is_new: bool) -> str:
    """What became of a report; right after it was sent, with thanks."""
    thanks = say(lang, "thanks") if is_new else ""
    facts = (
        ("state", state_words(lang, state.state)),
        ("reported_at", _moment(state.reported_at)),
        ("changed_at", _moment(state.changed_at)),
    )
    rows = "".join(f"<dt>{_say(lang, key)}</dt><dd>{escape(value)}</dd>" for key, value in facts)
    query = urlencode({"number": state.number})
    return _page(
        lang,
        f"/report/state?{query}",
        f"{_told(thanks)}<p class=note>{_say(lang, 'number')}</p>"
        f"<p class=number>{escape(shown_number(state.number))}</p><dl>{rows}</dl>",
    )


def look_up_page(lang: Lang, wrong: str = "") -> str:
    """The page on which to type a number."""
    return _page(lang, "/report/state", _wrong(wrong) + _look_up(lang))


def gone_page(lang: Lang) -> str:
    """The token is wrong, or no longer of use."""
    body = f"<h2>{_say(lang, 'gone')}</h2><p>{_say(lang, 'gone_why')}</p><hr>{_look_up(lang)}"
    return _page(lang, "/report/state", body)


def refused_page(lang: Lang, path: str, wrong: str) -> str:
    """Something can't be done now; what and why."""
    return _page(lang, path, _wrong(wrong))


def _page(lang: Lang, path: str, body: str) -> str:
    return LOOK.page(lang, Heading(say(lang, "title"), say(lang, "other"), path), body)


def _look_up(lang: Lang) -> str:
    return (
        f"<h2>{_say(lang, 'ask_state')}</h2>"
        '<form method="get" action="/report/state">'
        f'<input type="hidden" name="lang" value="{lang}">'
        f'<label for="number">{_say(lang, "number")}</label>'
        '<input id="number" name="number" required maxlength="20" autocomplete="off" '
        f'placeholder="K7Q2-M9XD"><button class="quiet">{_say(lang, "look")}</button></form>'
    )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SCHOOL_ZONE):%Y-%m-%d %H:%M}"


def _wrong(text: str) -> str:
    return f'<p class="wrong" role="alert">{escape(text)}</p>' if text else ""


def _told(text: str) -> str:
    return f'<p class="told" role="status">{escape(text)}</p>' if text else ""


def _say(lang: Lang, key: str) -> str:
    return escape(say(lang, key))
