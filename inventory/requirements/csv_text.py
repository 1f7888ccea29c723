"""Which text a csv file holds, and what separates its cells (pure)."""

import codecs

_LOOKED_AT = 10_000


def text_in(content: bytes) -> str | None:
    """Text in UTF-8, GB 18030, or UTF-16 with its mark; None where it is none of these."""
    has_mark = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if has_mark else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def delimiter_of(text: str) -> str:
    """A tab where the first line has no comma: the "Unicode text" of spreadsheet programs."""
    first = text[:_LOOKED_AT].lstrip().partition("\n")[0]
    return "\t" if "\t" in first and "," not in first else ","
