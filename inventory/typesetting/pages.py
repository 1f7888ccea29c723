"""Empty PDF pages that Chinese can be set on."""

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from inventory.typesetting.fonts import Typeface

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY = "chinese"
"""Name under which pages know the typeface: `set_font(FAMILY, style="B", size=12)`."""
UNKNOWN_CHARACTER = "□"
# it tells of every table that it leaves out of an embedded font
logging.getLogger("fontTools").setLevel(logging.ERROR)


def set_up(pages: "FPDF", typeface: Typeface, made_at: datetime) -> None:
    """Give pages the typeface, regular (chosen, at 10 pt) and bold, and the moment they are made.

    Equal content then gives equal bytes. The page count has no alias: `{nb}` in a user's text is
    the user's text.
    """
    for style, face in (("", typeface.regular), ("B", typeface.bold)):
        pages.add_font(FAMILY, style, face.path, collection_font_number=face.number)
    pages.set_font(FAMILY, size=10)
    pages.set_creation_date(made_at)
    pages.set_lang("zh-CN")
    pages.alias_nb_pages("")


def settable(pages: "FPDF", text: str) -> str:
    """The text with `UNKNOWN_CHARACTER` for what the chosen font has no picture of."""
    from fpdf.fonts import TTFFont  # noqa: PLC0415 -- takes half a second

    font = pages.current_font
    if not isinstance(font, TTFFont):
        return text
    known = font.cmap
    return "".join(one if one == "\n" or ord(one) in known else UNKNOWN_CHARACTER for one in text)
