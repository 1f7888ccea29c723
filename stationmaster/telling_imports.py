"""What the command line says after an import of any file: what it did and what it left out."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import typer

from inventory.requirements.tabular import PassedOver, RowProblem
from stationmaster.language import Language
from stationmaster.readiness_printing import problem_lines

_DONE = {
    Language.ZH: ("新增", "更新", "未变", "盘点更正"),
    Language.EN: ("created", "updated", "unchanged", "corrected"),
}


class Imported(Protocol):
    """What every import tells of its file."""

    @property
    def problems(self) -> Sequence[RowProblem]:
        """Rows that were refused."""

    @property
    def ignored_columns(self) -> Sequence[str]:
        """Columns that mean nothing to us."""

    @property
    def passed_over(self) -> Sequence[PassedOver]:
        """What is no row of data."""


def tell_counts(counts: Sequence[int], done: Imported, lang: Language) -> None:
    """Say how many were created, updated, unchanged and corrected, and what was left out."""
    words = _DONE[lang][: len(counts)]
    typer.echo(", ".join(f"{word} {n}" for word, n in zip(words, counts, strict=True)))
    tell_left_out(done, lang)


def tell_left_out(done: Imported, lang: Language) -> None:
    """Name columns, rows and lines of the file that are not in the house now."""
    for line in _left_out(done, lang):
        typer.secho(line, fg="yellow", err=True)


def _left_out(done: Imported, lang: Language) -> Iterator[str]:
    is_zh = lang is Language.ZH
    if done.ignored_columns:
        heading = "未使用的列" if is_zh else "columns not used"
        yield f"{heading}: {', '.join(done.ignored_columns)}"
    yield from problem_lines(done.problems, lang)
    if done.passed_over:
        yield f"{'未作为数据行' if is_zh else 'no rows of data'}: {len(done.passed_over)}"
    for one in done.passed_over:
        yield f"{one.sheet}#{one.row} {one.why}: {one.text}"
