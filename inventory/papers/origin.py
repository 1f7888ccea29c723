"""Where a paper comes from, and how every content begins and ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.papers.rules import PaperKind
from inventory.papers.schema import (
    Block,
    Fact,
    FactList,
    Grid,
    GridColumn,
    Heading,
    PaperContent,
    Words,
)
from inventory.papers.wording import clean


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose paper it is, who made it and when; `station_code` None: of the whole school."""

    organisation_code: str
    organisation_name: str
    made_at: datetime
    made_by: str
    salt: str
    station_code: str | None = None
    station_name: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """What a paper is called and what it rests on."""

    kind: PaperKind
    title: str
    list_version: str = ""
    is_official_list: bool | None = None
    year: int | None = None
    is_landscape: bool = False
    signatures: Sequence[str] = ()


def content(
    origin: Origin, headline: Headline, summary: Sequence[Fact], blocks: Sequence[Block]
) -> PaperContent:
    """The whole content; names and titles come from people, so they are cleaned here."""
    return PaperContent(
        kind=headline.kind,
        title=clean(headline.title),
        organisation_code=origin.organisation_code,
        organisation_name=clean(origin.organisation_name),
        station_code=origin.station_code,
        station_name=clean(origin.station_name),
        year=headline.year,
        list_version=headline.list_version,
        is_official_list=headline.is_official_list,
        made_at=origin.made_at,
        made_by=origin.made_by,
        salt=origin.salt,
        is_landscape=headline.is_landscape,
        summary=tuple(summary),
        blocks=tuple(blocks),
        signatures=tuple(headline.signatures),
    )


def heading(text: str, level: int = 1) -> Heading:
    """A heading."""
    return Heading(text=text, level=level)


def words(text: str) -> Words:
    """A paragraph of anybody's words."""
    return Words(text=clean(text))


def fact(label: str, value: str) -> Fact:
    """A label with its value."""
    return Fact(label=label, value=clean(value))


def fact_list(facts: Sequence[Fact]) -> FactList:
    """Labels and values beside each other."""
    return FactList(facts=tuple(facts))


def column(title: str, width: int, *, is_number: bool = False) -> GridColumn:
    """A column of a table."""
    return GridColumn(title=title, width=width, is_number=is_number)


def grid(
    columns: Sequence[GridColumn],
    rows: Sequence[Sequence[str]],
    totals: Sequence[str] = (),
    if_empty: str = "无",
) -> Grid:
    """A table, with a running number put before each row."""
    numbered = [(str(position), *row) for position, row in enumerate(rows, 1)]
    return unnumbered(
        (column("序号", 6), *columns), numbered, ("合计", *totals) if totals else (), if_empty
    )


def unnumbered(
    columns: Sequence[GridColumn],
    rows: Sequence[Sequence[str]],
    totals: Sequence[str] = (),
    if_empty: str = "无",
) -> Grid:
    """A table as it is."""
    return Grid(
        columns=tuple(columns),
        rows=tuple(tuple(clean(cell) for cell in row) for row in rows),
        totals=tuple(totals),
        if_empty=if_empty,
    )
