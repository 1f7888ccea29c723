"""Which encoding a DBC is in; nothing in the file says so."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PROBE_BYTES = 4096
_LEAST_NUL_SHARE = 0.4
_RARELY = 8
"""Some Chinese characters have a zero in the other half."""
_GOOD_PER_BAD = 4
_NON_ASCII = re.compile(r"[^\x00-\x7f]")


def decode_text(raw: bytes) -> tuple[str, str]:
    r"""The text, with newlines as `\n`, and the name of the encoding it was taken to be in.

    UTF-8 decides where it is valid: text in another encoding hardly ever is by chance. Else GB18030
    and cp1252 are weighed against each other, because each can read most of what the other wrote.
    Bytes that fit nowhere become U+FFFD.
    """
    text, encoding = _decoded(raw)
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def _decoded(raw: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if raw.startswith(bom):
            return raw[len(bom) :].decode(encoding, errors="replace"), encoding.removesuffix("-le")
    wide = _utf16_without_bom(raw)
    if wide is not None:
        return raw.decode(wide, errors="replace"), wide
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _not_quite_utf8(raw)


def _utf16_without_bom(raw: bytes) -> str | None:
    """ASCII in UTF-16 has a NUL in every second byte."""
    probe = raw[:_PROBE_BYTES]
    nuls = len(probe) // 2 * _LEAST_NUL_SHARE
    if len(probe) < 2 or not probe.strip(b"\0"):  # noqa: PLR2004 -- one UTF-16 unit
        return None
    even, odd = probe[::2].count(0), probe[1::2].count(0)
    if odd > nuls and _RARELY * even < odd:
        return "utf-16-le"
    return "utf-16-be" if even > nuls and _RARELY * odd < even else None


def _not_quite_utf8(raw: bytes) -> tuple[str, str]:
    text = raw.decode("utf-8", errors="replace")
    bad = text.count("\N{REPLACEMENT CHARACTER}")
    if len(_NON_ASCII.findall(text)) - bad > _GOOD_PER_BAD * bad:
        return text, "utf-8"
    try:
        chinese = raw.decode("gb18030")
    except UnicodeDecodeError:
        chinese = ""
    if _reads_as_chinese(chinese):
        return chinese, "gb18030"
    try:
        return raw.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return raw.decode("latin-1"), "latin-1"


def _reads_as_chinese(text: str) -> bool:
    """Whether most of what is not ASCII is what Chinese texts are made of.

    Western text read as GB18030 becomes rare characters: a lone accented letter swallows the ASCII
    letter behind it (outside GB 2312), two in a row land in its second, rarer level.
    """
    foreign = _NON_ASCII.findall(text)
    return 2 * sum(map(_is_everyday_chinese, foreign)) > len(foreign)


def _is_everyday_chinese(character: str) -> bool:
    """Whether GB 2312 has it among its symbols or its first level (rows 1 to 9 and 16 to 55)."""
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return lead <= 0xA9 or 0xB0 <= lead <= 0xD7  # noqa: PLR2004 -- the rows above, plus 0xA0
