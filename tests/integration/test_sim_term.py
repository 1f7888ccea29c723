"""A short simulated term through engine, bridge rules, ingest and inventory; see `sim term`."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import typer

from device_sims.term.plan import Chances, TermSettings
from stationmaster.cli_term import sim_term
from stationmaster.term_comparing import compared, utilisation_of
from stationmaster.term_house import schools_of, term_house
from stationmaster.term_running import TermOrder, TermResult, run_term

LOOK_S = 5.0
FIRST = date(2026, 9, 21)
"""The second week ends with days off and a make-up day, before the holiday of 1 October."""
CHANCES = Chances(lesson=0.4, no_show=0.2, unbooked=0.3, fault=0.2, off=0.2, offline=0.2)


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TermResult]:
    schools = schools_of(2)
    order = TermOrder(
        schools,
        FIRST,
        2,
        lambda kept, idle_s: TermSettings(schools, kept, 3, idle_s, CHANCES),
        int(LOOK_S * 1000),
    )
    with term_house(tmp_path_factory.mktemp("term"), FIRST) as house:
        yield run_term(house, order)


def test_measured_utilisation_is_the_simulators_own_within_one_sampling_interval(
    term: TermResult,
) -> None:
    assert term.refused == []
    assert {row.name: row.beyond for row in compared(term.days, LOOK_S) if row.beyond} == {}
    told, measured = utilisation_of(term.days)
    assert measured == pytest.approx(told, abs=0.002)


def test_the_comparison_would_tell_of_less_than_a_sampling_interval(term: TermResult) -> None:
    beyond = {row.name: row.beyond for row in compared(term.days, LOOK_S / 20)}
    assert beyond["used"] > 0


def test_a_short_term_has_what_a_term_has_in_it(term: TermResult) -> None:
    told = {row.name: row.told for row in compared(term.days, LOOK_S)}
    assert all(told.values())
    assert any(day.faults for day in term.days)
    assert any(day.account.unseen for day in term.days)
    assert {day.day for day in term.days} < {date(2026, 9, n) for n in range(21, 31)} | {
        date(2026, 10, n) for n in range(1, 5)
    }
    coverage = [day.measured.coverage or 0 for day in term.days]
    assert min(coverage) < 1


def test_a_term_begins_on_a_monday_and_in_an_empty_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from datetime import datetime

    with pytest.raises(typer.Exit):
        sim_term(begin=datetime(2026, 9, 8))  # noqa: DTZ001 - a day
    (tmp_path / "mine").write_text("")
    with pytest.raises(typer.Exit):
        sim_term(begin=datetime(2026, 9, 7), folder=tmp_path)  # noqa: DTZ001 - a day
    said = capsys.readouterr().err
    assert "Monday" in said
    assert "empty folder" in said
