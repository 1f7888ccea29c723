"""The public pages of open sharing as plain HTML: no script, nothing from elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from urllib.parse import urlencode

from inventory.moments import SCHOOL_ZONE
from inventory.public_pages import Heading, Look, reading_style
from inventory.sharing.browsing import FRESH
from inventory.sharing.page_texts import Lang, say, weekday
from inventory.sharing.schema import OfferOut, SpanOut

ROOT = "/open-sharing"
LOOK = Look(
    reading_style(
        "52rem",
        "h2{margin:.2rem 0}"
        "form{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.6rem;"
        "align-items:end;margin:1rem 0}"
        "label{font-weight:400;margin:0;font-size:.9rem}"
        "label.row{display:flex;gap:.5rem;align-items:center}"
        "input,select{padding:.45rem;min-height:2.6rem;background:Field;color:FieldText}"
        "input[type=checkbox]{width:auto;min-height:0}label.row{min-height:2.6rem}"
        "button{width:auto;min-height:2.6rem;margin-top:0}"
        "article{border:1px solid #999;border-radius:.5rem;padding:.8rem 1rem;margin:.8rem 0}"
        ".tags{display:flex;flex-wrap:wrap;gap:.4rem;margin:.3rem 0;padding:0;list-style:none}"
        ".tags li{border:1px solid #767676;border-radius:1rem;padding:0 .7rem;font-size:.9rem}"
        ".tags .no{border-style:dashed}"
        ".spans{margin:.3rem 0;padding-left:1.2rem}"
        "dd{white-space:pre-line;overflow-wrap:anywhere}",
    ),
    # who follows a link of a public page may tell where from
    more_headers={"Referrer-Policy": "same-origin"},
)
HEADERS = LOOK.headers
CACHED = f"public, max-age={int(FRESH.total_seconds())}"
_DAYS = ("7", "14", "60")


def list_page(
    lang: Lang, offers: Sequence[OfferOut], asked: Mapping[str, str], wrong: str = ""
) -> str:
    """Everything that meets what was asked for, with the form that asked for it."""
    known = {name: value for name, value in asked.items() if value and name != "lang"}
    shown = "".join(_card(lang, offer) for offer in offers)
    count = say(lang, "found", count=len(offers)) if offers else say(lang, "none")
    failed = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    return _page(
        lang,
        f"{ROOT}?{urlencode(known)}" if known else ROOT,
        f"<p>{_say(lang, 'intro')}</p>{_form(lang, asked)}{failed}"
        f"<p role=status>{escape(count)}</p>{shown}",
    )


def offer_page(lang: Lang, offer: OfferOut) -> str:
    """One offer with all that is free of it."""
    own = f"{ROOT}/{offer.id}"
    facts = [(key, value) for key, value in _facts(lang, offer) if value]
    rows = "".join(f"<dt>{_say(lang, key)}</dt><dd>{escape(value)}</dd>" for key, value in facts)
    query = urlencode({"lang": lang})
    return _page(
        lang,
        own,
        f"<h2>{escape(_title(lang, offer))}</h2>{_tags(lang, offer)}<dl>{rows}</dl>"
        f"<h2>{_say(lang, 'free')}</h2>{_free(lang, offer.free)}"
        f"<p>{_say(lang, 'how')}</p>"
        f'<p><a href="/">{_say(lang, "log_in")}</a> · '
        f'<a href="{own}.ics?{query}">{_say(lang, "subscribe")}</a> · '
        f'<a href="{own}.json">{_say(lang, "data")}</a> · '
        f'<a href="{ROOT}?{query}">{_say(lang, "back")}</a></p>',
    )


def told_page(lang: Lang, told: str) -> str:
    """Something can't be shown, and why."""
    back = f'<p><a href="{ROOT}?{urlencode({"lang": lang})}">{_say(lang, "back")}</a></p>'
    return _page(lang, ROOT, f'<p class="wrong" role="alert">{escape(told)}</p>{back}')


def _page(lang: Lang, path: str, body: str) -> str:
    return LOOK.page(lang, Heading(say(lang, "title"), say(lang, "other"), path), body)


def _form(lang: Lang, asked: Mapping[str, str]) -> str:
    def field(name: str, kind: str = "text") -> str:
        value = escape(asked.get(name, ""), quote=True)
        return (
            f'<label>{_say(lang, name)}<input name="{name}" type="{kind}" value="{value}" '
            f'maxlength="100"{" step=any min=0" if kind == "number" else ""}></label>'
        )

    def box(name: str) -> str:
        is_on = " checked" if asked.get(name) else ""
        return (
            f'<label class=row><input type="checkbox" name="{name}" value="1"{is_on}>'
            f"{_say(lang, name)}</label>"
        )

    chosen = asked.get("days") or _DAYS[-1]
    options = "".join(
        f'<option value="{days}"{" selected" if days == chosen else ""}>'
        f"{_say(lang, f'days_{days}')}</option>"
        for days in _DAYS
    )
    return (
        f'<form method="get" action="{ROOT}"><input type="hidden" name="lang" value="{lang}">'
        f"{field('q')}{field('hours', 'number')}"
        f'<label>{_say(lang, "days")}<select name="days">{options}</select></label>'
        f"{field('near')}{field('within_km', 'number')}{box('alive')}{box('calibrated')}"
        f"<button>{_say(lang, 'search')}</button></form>"
    )


def _card(lang: Lang, offer: OfferOut) -> str:
    where = f"{_owner(lang, offer)} · {offer.place.address}".rstrip(" ·")
    away = offer.distance_km
    far = "" if away is None else f" · {say(lang, 'km', km=away)}"
    link = escape(f"{ROOT}/{offer.id}?{urlencode({'lang': lang})}", quote=True)
    return (
        f'<article><h2><a href="{link}">{escape(_title(lang, offer))}</a></h2>'
        f"<div class=note>{escape(where + far)}</div>{_tags(lang, offer)}"
        f"{_free(lang, offer.free)}</article>"
    )


def _tags(lang: Lang, offer: OfferOut) -> str:
    words = {True: "yes", False: "no", None: "unknown"}
    found = (
        ("alive", offer.is_alive),
        ("calibrated", offer.is_calibrated),
        ("in_order", offer.is_in_order),
    )
    return (
        "<ul class=tags>"
        + "".join(
            f"<li class={words[value]}>{_say(lang, f'{words[value]}_{key}')}</li>"
            for key, value in found
        )
        + "</ul>"
    )


def _facts(lang: Lang, offer: OfferOut) -> list[tuple[str, str]]:
    is_zh = lang == "zh"
    conditions = offer.conditions_zh if is_zh else offer.conditions_en or offer.conditions_zh
    contact = offer.contact
    told = (contact.contact_name, contact.contact_phone, contact.contact_email) if contact else ()
    hours = (f"{weekday(lang, one.weekday)} {one.opens}–{one.closes}" for one in offer.hours)
    things = (one.name_zh if is_zh else one.name_en for one in offer.things)
    least, most = offer.least_minutes, offer.most_minutes
    return [
        ("things", "、".join(things) if is_zh else ", ".join(things)),
        ("school", _owner(lang, offer)),
        ("address", offer.place.address),
        ("modules", " ".join(offer.modules)),
        ("opens", "\n".join(hours)),
        ("length", say(lang, "minutes", least=least, most=most)),
        ("notice", say(lang, "notice_hours", hours=offer.notice_hours)),
        ("conditions", conditions),
        ("price", offer.price_note),
        ("contact", " ".join(filter(None, told))),
    ]


def _free(lang: Lang, spans: Sequence[SpanOut]) -> str:
    if not spans:
        return f"<p class=note>{_say(lang, 'no_free')}</p>"
    rows = []
    local = [(_local(one.start_at), _local(one.end_at)) for one in spans]
    for day, found in groupby(local, key=lambda one: one[0].date()):
        times = " ".join(
            f"{start:%H:%M}–{end:%H:%M}"
            if end.date() == day
            else f"{start:%H:%M}–{end:%m-%d %H:%M}"
            for start, end in found
        )
        rows.append(f"<li>{day:%Y-%m-%d} {escape(weekday(lang, day.weekday()))} {times}</li>")
    return f"<ul class=spans>{''.join(rows)}</ul>"


def _title(lang: Lang, offer: OfferOut) -> str:
    return offer.title_zh if lang == "zh" else offer.title_en or offer.title_zh


def _owner(lang: Lang, offer: OfferOut) -> str:
    if lang == "zh":
        return f"{offer.organisation_name_zh} · {offer.station_name_zh}"
    school = offer.organisation_name_en or offer.organisation_name_zh
    return f"{school} · {offer.station_name_en or offer.station_name_zh}"


def _local(at: datetime) -> datetime:
    return at.astimezone(SCHOOL_ZONE)


def _say(lang: Lang, key: str) -> str:
    return escape(say(lang, key))
