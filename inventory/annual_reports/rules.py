"""What stands in an annual pilot report 年度试点工作报告, and how its totals come about (pure)."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class AnnualSection(StrEnum):
    """The parts a school writes itself, in the order in which schools hand them in."""

    MECHANISM = "mechanism"
    INTEGRATION = "integration"
    TEACHERS = "teachers"
    SITES = "sites"
    PUBLICITY = "publicity"
    EXPERIENCE = "experience"
    NEXT_STEPS = "next_steps"


@dataclass(frozen=True, slots=True)
class Figures:
    """Persons of a batch: trained, assessed, certified, and trained from outside the school."""

    trained: int = 0
    assessed: int = 0
    certified: int = 0
    social: int = 0


@dataclass(frozen=True, slots=True)
class WrongTotal:
    """A total that a file states and that is not the sum of its rows."""

    column: str
    stated: int
    counted: int


def total(figures: Iterable[Figures]) -> Figures:
    """The sums; totals are never stored and never taken from a file."""
    trained = assessed = certified = social = 0
    for one in figures:
        trained += one.trained
        assessed += one.assessed
        certified += one.certified
        social += one.social
    return Figures(trained, assessed, certified, social)


def wrong_totals(stated: dict[str, int], counted: Figures) -> tuple[WrongTotal, ...]:
    """Where a file's own totals differ; `stated` has those it states, by the figures' names."""
    sums = asdict(counted)
    return tuple(
        WrongTotal(column, number, sums[column])
        for column, number in stated.items()
        if number != sums[column]
    )


def has_more_certified(figures: Figures) -> bool:
    """Whether more persons are said to have the certificate than were assessed.

    More may be assessed than were trained: who was trained a year ago is assessed now.
    """
    return figures.certified > figures.assessed
