"""The frame of pages that are seen without an account: plain HTML, nothing from elsewhere.

Every text that comes in is escaped already, but for addresses and titles.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

FONTS = "system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif"
"""Of Chinese systems first; none is loaded."""
SECRET_ADDRESS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Headers of a page whose address is not everybody's to know."""


def named(text: str) -> str:
    """A style or script of a page itself, as a content security policy allows it."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def reading_style(width: str, own: str) -> str:
    """The looks of pages to read and to fill in on a phone: a narrow column, big fields.

    Args:
        width: of the column at most, as CSS has it.
        own: rules of these pages alone; they win.
    """
    return (
        ":root{color-scheme:light dark}*{box-sizing:border-box}"
        f"body{{margin:0 auto;max-width:{width};padding:1rem;font:1rem/1.6 {FONTS}}}"
        "header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem}"
        "h1{font-size:1.4rem;margin:.4rem 0}h2{font-size:1.1rem;margin:.4rem 0}"
        "label{display:block;font-weight:600;margin:1rem 0 .3rem}"
        "input,select,textarea{width:100%;font:inherit;padding:.6rem;border:1px solid #767676;"
        "border-radius:.4rem}"
        "button{width:100%;min-height:3rem;margin-top:1.2rem;font:inherit;font-weight:600;border:0;"
        "border-radius:.4rem;background:#0b57a4;color:#fff}"
        "button.quiet{background:none;color:inherit;border:1px solid #767676}"
        ".note{font-size:.9rem}"
        ".told{border-left:.3rem solid #0b57a4;padding:.5rem .8rem;margin:1rem 0}"
        ".wrong{border-left:.3rem solid #b3261e;padding:.5rem .8rem;margin:1rem 0}"
        "dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem}dt{font-weight:600}"
        "dd{margin:0}hr{margin:2rem 0;border:0;border-top:1px solid #999}" + own
    )


@dataclass(frozen=True, slots=True)
class Look:
    """What the pages of a kind have in common; browsers run and load nothing that is not named.

    `scripts` are the texts of those in the pages, which may then ask this server; forms go to this
    server, or nowhere.
    """

    style: str
    scripts: tuple[str, ...] = ()
    has_forms: bool = True
    more_headers: Mapping[str, str] = field(default_factory=lambda: SECRET_ADDRESS)

    @property
    def headers(self) -> dict[str, str]:
        """What browsers are told with every page."""
        scripts = " ".join(named(one) for one in self.scripts)
        parts = [
            "default-src 'none'",
            f"style-src {named(self.style)}",
            *([f"script-src {scripts}", "connect-src 'self'"] if scripts else []),
            "form-action 'self'" if self.has_forms else "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
        return {"Content-Security-Policy": "; ".join(parts)} | dict(self.more_headers)

    def document(self, lang: str, title: str, body: str) -> str:
        """A whole page; its title is not escaped yet, its body is."""
        return (
            f'<!doctype html><html lang="{"en" if lang == "en" else "zh-CN"}"><head>'
            '<meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(title)}</title><style>{self.style}</style></head>"
            f"<body>{body}</body></html>"
        )

    def page(self, lang: str, heading: "Heading", main: str) -> str:
        """A page in one of two languages, with the way to the other one."""
        other = "zh" if lang == "en" else "en"
        switch = f"{heading.path}{'&' if '?' in heading.path else '?'}lang={other}"
        return self.document(
            lang,
            heading.title,
            f"<header><h1>{escape(heading.title)}</h1>"
            f'<a href="{escape(switch, quote=True)}" hreflang="{other}">{escape(heading.other)}</a>'
            f"</header><main>{main}</main>",
        )


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a page: its title, the name of the other language, and its own address."""

    title: str
    other: str
    path: str
