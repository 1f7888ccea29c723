"""The page on which anybody checks a paper by its code: plain HTML, no script, all escaped."""

from collections.abc import Mapping
from html import escape
from typing import Literal

from inventory.moments import SCHOOL_ZONE
from inventory.papers.rules import PaperKind
from inventory.papers.schema import Verified
from inventory.papers.wording import zh
from inventory.public_pages import Heading, Look, reading_style

Lang = Literal["zh", "en"]
LOOK = Look(
    reading_style(
        "40rem",
        "button{margin-top:1rem}"
        ".good{border-left:.3rem solid #1b7a3d;padding:.5rem .8rem;margin:1rem 0;font-weight:600}"
        ".wrong{font-weight:600}dd{overflow-wrap:anywhere}",
    )
)
HEADERS = LOOK.headers
_TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("查验文件", "Check a paper"),
    "other": ("English", "中文"),
    "ask": ("请输入页脚的验证码", "Type the code at the foot of its pages"),
    "look": ("查验", "Check"),
    "good": ("✔ 系统中有此文件，内容未被改动。", "✔ This paper is on record and unchanged."),
    "changed": (
        "✘ 系统中保存的内容与验证码不符，请勿采信。",
        "✘ What is on record does not fit this code; don't rely on the paper.",
    ),
    "unknown": (
        "✘ 没有此验证码的文件。请逐字核对后重试。",
        "✘ No paper has this code. Compare it letter by letter and try again.",
    ),
    "compare": (
        "请将以下内容与手中的文件逐项核对；不一致的文件不是原件。",
        "Compare the following with the paper in hand; one that differs is not the original.",
    ),
    "code": ("验证码", "code"),
    "kind": ("文件", "paper"),
    "heading": ("标题", "title"),
    "school": ("学校", "school"),
    "station": ("站点", "station"),
    "year": ("年度", "year"),
    "list": ("清单版本", "list version"),
    "made": ("生成时间", "made at"),
    "sha256": ("内容哈希 SHA-256", "SHA-256 of its content"),
    "official": ("正式清单", "official list"),
    "draft": ("草案，非正式清单", "draft, not the official list"),
}
_KINDS_EN = {
    PaperKind.EQUIPMENT_TABLE: "equipment table",
    PaperKind.SELF_CHECK: "self-check report",
    PaperKind.RECTIFICATION_REPORT: "rectification report",
    PaperKind.ANNUAL_REPORT: "annual pilot report",
}


def form_page(lang: Lang) -> str:
    """The page on which to type a code."""
    return _page(lang, "/verify", _form(lang))


def unknown_page(lang: Lang, code: str) -> str:
    """No paper has the code, which stays to be mended."""
    body = f"<p class=wrong role=alert>{_say(lang, 'unknown')}</p>{_form(lang, code[:40])}"
    return _page(lang, "/verify", body)


def changed_page(lang: Lang, code: str) -> str:
    """What is kept under the code is no paper any more."""
    body = f"<p class=wrong role=status>{_say(lang, 'changed')}</p>{_form(lang, code)}"
    return _page(lang, f"/verify/{code}", body)


def found_page(lang: Lang, found: Verified) -> str:
    """What is on record of the paper; what it says is Chinese, as it is."""
    told = ("good", "good") if found.is_intact else ("wrong", "changed")
    rows = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>"
        for label, value in _facts(lang, found)
        if value
    )
    body = (
        f"<p class={told[0]} role=status>{_say(lang, told[1])}</p>"
        f"<p>{_say(lang, 'compare')}</p><dl>{rows}</dl><hr>{_form(lang)}"
    )
    return _page(lang, f"/verify/{found.code}", body)


def _facts(lang: Lang, found: Verified) -> list[tuple[str, str]]:
    kind = zh(found.kind) if lang == "zh" else _KINDS_EN[found.kind]
    made = f"{found.made_at.astimezone(SCHOOL_ZONE):%Y-%m-%d %H:%M}"
    return [
        (_text(lang, "code"), found.code),
        (_text(lang, "kind"), kind),
        (_text(lang, "heading"), found.title),
        (_text(lang, "school"), found.organisation_name),
        (_text(lang, "station"), f"{found.station_name} {found.station_code or ''}".strip()),
        (_text(lang, "year"), str(found.year or "")),
        (_text(lang, "list"), _list(lang, found)),
        (_text(lang, "made"), made),
        *((one.label, one.value) for one in found.summary),
        (_text(lang, "sha256"), found.sha256),
    ]


def _list(lang: Lang, found: Verified) -> str:
    if not found.list_version or found.is_official_list is None:
        return found.list_version
    state = _text(lang, "official" if found.is_official_list else "draft")
    return f"{found.list_version}（{state}）" if lang == "zh" else f"{found.list_version} ({state})"


def _form(lang: Lang, code: str = "") -> str:
    return (
        '<form method="get" action="/verify">'
        f'<input type="hidden" name="lang" value="{lang}">'
        f'<label for="code">{_say(lang, "ask")}</label>'
        f'<input id="code" name="code" required maxlength="40" autocomplete="off" '
        f'placeholder="7H2K-9QXM-41TB-8" value="{escape(code, quote=True)}">'
        f"<button>{_say(lang, 'look')}</button></form>"
    )


def _page(lang: Lang, path: str, body: str) -> str:
    return LOOK.page(lang, Heading(_text(lang, "title"), _text(lang, "other"), path), body)


def _text(lang: Lang, key: str) -> str:
    return _TEXTS[key][0 if lang == "zh" else 1]


def _say(lang: Lang, key: str) -> str:
    return escape(_text(lang, key))
