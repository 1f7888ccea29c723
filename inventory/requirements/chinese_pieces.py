"""How a cell of Chinese parameter text falls into pieces that each say one thing."""

import re

from inventory.requirements.units import normalised

_CIRCLED = re.compile("[①-⑳⑴-⒇⒈-⒛❶-❿]")
_NUMBERING = re.compile(
    r"(?:(?<=^)|(?<=[\s;,。、:]))(?:\d{1,2}(?:[)、]|[.．](?=[\s\u4e00-\u9fff★]))|[(（]\d{1,2}[)）]|[一二三四五六七八九十]{1,2}、)\s*"
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_MARKS = " \t.。,，:：*★▲△●■◆※#·-•"
_COMPARES = re.compile(r".*(?:[<>=±:]|不[低少小高大多超]|至少|至多|以上|以下|以内)")
_SAYS = re.compile(r".*(?:[<>=±:]|不[低少小高大多超]|至少|至多|以上|以下|以内|\d)")
_CATEGORY = re.compile(r".*CAT[ .-]*I", re.IGNORECASE)
_LISTING = re.compile(r"^(?:支持|兼容|具[有备]|可?带|配备?|包[含括]|接口|协议|通[信讯])")
_DASHES = str.maketrans({"～": "-", "〜": "-", "∼": "-", "﹣": "-", "≧": "≥", "≦": "≤"})
_OPEN, _CLOSED = "({[（", ")}]）"


def pieces(cell: str) -> tuple[str, ...]:
    """The pieces of a cell, normalised, in their order; numbering and marks such as ★ are left out.

    Lines, `；`, `。` and numbers such as `1）` or `②` always separate; `，` does outside brackets;
    `、` only where a new statement begins, as it also stands between the members of a list.
    """
    spelled = _CIRCLED.sub(";", cell.translate(_DASHES))
    found: list[str] = []
    for line in re.split(r"[\r\n]+", spelled):
        plain = _NUMBERING.sub(";", normalised(line))
        whole = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), plain)
        for part in _outside_brackets(whole, ";。"):
            found.extend(_statements(part))
    return tuple(text for text in (_bare(part) for part in found) if text)


def _bare(text: str) -> str:
    """Without marks around it; a sign before a number stays."""
    bare = text.strip().rstrip(_MARKS)
    while bare and bare[0] in _MARKS and not re.match(r"[-.]\d", bare):
        bare = bare[1:]
    return bare


def _statements(part: str) -> list[str]:
    """Split at commas; what does not begin anew belongs to the list before it."""
    found: list[str] = []
    for clause in _outside_brackets(part, ","):
        members = _outside_brackets(clause, "、")
        for index, member in enumerate(members):
            if index > 0 and _continues(found[-1], member):
                found[-1] = f"{found[-1]}、{member}"
            else:
                found.append(member)
    return found


def _continues(before: str, member: str) -> bool:
    """Whether a member goes on with a list (支持CAN、J1939) and says nothing of its own."""
    if _CATEGORY.match(before) and _CATEGORY.match(member):
        return True
    if _LISTING.match(before):
        return not _COMPARES.match(member)
    return not _SAYS.match(member) and not _SAYS.match(before)


def _outside_brackets(text: str, separators: str) -> list[str]:
    depth, start, found = 0, 0, []
    for position, character in enumerate(text):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSED:
            depth = max(0, depth - 1)
        elif character in separators and depth == 0:
            found.append(text[start:position])
            start = position + 1
    return [*found, text[start:]]
