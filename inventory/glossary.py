"""The words of the trade, one code name each: the bundled glossary and the page made of it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Term:
    """A word; `code_name` of an enum's value is written `enum_name.value`."""

    zh: str
    en: str
    code_name: str
    note: str


def terms() -> tuple[Term, ...]:
    """All words in the glossary's order."""
    text = files("inventory").joinpath("data", "glossary.csv").read_text("utf-8-sig")
    rows = csv.DictReader(text.splitlines())
    return tuple(Term(row["zh_CN"], row["en"], row["code_name"], row["note"]) for row in rows)


def glossary_page() -> str:
    """`docs/glossary.md`: words first, then the values of each enum."""
    words = [term for term in terms() if "." not in term.code_name]
    values = [term for term in terms() if "." in term.code_name]
    lines = [
        "# Glossary 术语",
        "",
        "Made from `inventory/data/glossary.csv`; a test compares it, and every value of the",
        "domain's enums has its row. Code, API, database and screens use these words only.",
        "",
        *_table(words),
    ]
    for enum_name in dict.fromkeys(term.code_name.partition(".")[0] for term in values):
        of_enum = [term for term in values if term.code_name.startswith(f"{enum_name}.")]
        lines += ["", f"## `{enum_name}`", "", *_table(of_enum)]
    return "\n".join(lines) + "\n"


def _table(rows: list[Term]) -> Iterator[str]:
    yield "| 中文 | English | code | note |"
    yield "|---|---|---|---|"
    for term in rows:
        code = term.code_name.partition(".")[2] or term.code_name
        yield f"| {term.zh} | {term.en} | `{code}` | {term.note} |"
