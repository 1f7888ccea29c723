"""The steps of a bench make the same faults and sessions in whichever order they were stored."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from inventory.database import Database, Row, open_database
from inventory.faults.table import Fault, FaultFreeze
from inventory.migrations.run import upgrade
from inventory.monitoring.projecting import ReportedEvent, apply_events
from inventory.usage_sessions.table import UsageSession
from telemetry.contract.payloads import (
    FaultReport,
    FaultState,
    FreezeFrame,
    UsageEvent,
    UsageReport,
)
from tests.schools import NOW

FAULT_FACTS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(FaultState),
        "severity": st.integers(1, 4),
        "status": st.integers(0, 3),
        # clocks jump: what a bench says of the time has nothing to do with the order of its steps
        "observed_at_ms": st.integers(0, 10) | st.integers(3 * 10**11, 4 * 10**11),
        "text_en": st.sampled_from(["a", "b"]),
        "has_freeze": st.booleans(),
    }
)
USAGE_FACTS = st.fixed_dictionaries(
    {"observed_at_ms": st.integers(0, 10**12), "evidence": st.integers(0, 9)}
)
Step = tuple[tuple[int, int], FaultReport | UsageReport]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("order") / "inventory.sqlite"
    opened = open_database(f"sqlite:///{path}")
    upgrade(opened.engine)
    yield opened
    opened.close()


def fault(seq: int, facts: dict[str, Any]) -> FaultReport:
    freeze = FreezeFrame(at_ms=seq, offsets_ms=[0], signals={"u": [1.0]})
    return FaultReport(
        epoch=1,
        seq=seq,
        fault_id="f",
        dtc="P0AA6",
        first_at_ms=5,
        text_zh="",
        freeze=freeze if facts["has_freeze"] else None,
        **{name: value for name, value in facts.items() if name != "has_freeze"},
    )


def usage(seq: int, event: UsageEvent, facts: dict[str, Any]) -> UsageReport:
    return UsageReport(
        epoch=1,
        seq=seq,
        usage_id="u",
        event=event,
        started_at_ms=0,
        observed_at_ms=facts["observed_at_ms"],
        evidence={"n": float(facts["evidence"])},
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Step], list[Step]]:
    """Steps in the order a bench made them, over two epochs, and as they were stored."""
    faults = draw(st.lists(FAULT_FACTS, max_size=5))
    uses = draw(st.lists(USAGE_FACTS, max_size=5))
    is_ended = draw(st.booleans())
    made: list[FaultReport | UsageReport] = [fault(n, f) for n, f in enumerate(faults, 1)]
    for n, facts in enumerate(uses):
        last = UsageEvent.ENDED if is_ended and n == len(uses) - 1 else UsageEvent.EXTENDED
        made.append(usage(100 + n, last if n else UsageEvent.STARTED, facts))
    border = draw(st.integers(0, 105))
    steps = [((2 if step.seq > border else 1, step.seq), step) for step in made]
    return steps, draw(st.permutations(steps))


def taken_in(database: Database, bench: str, steps: Sequence[Step], first: int) -> list[Any]:
    events = [
        ReportedEvent(first + n, bench, NOW, report, epoch_order=order[0])
        for n, (order, report) in enumerate(steps)
    ]
    apply_events(database, events, NOW)
    with database.read() as db:
        return [
            _shown(db, Fault, (bench, "f")),
            _shown(db, FaultFreeze, (bench, "f")),
            _shown(db, UsageSession, (bench, "u")),
        ]


def _shown(db: Session, table: type[Row], key: tuple[str, str]) -> dict[str, Any] | None:
    row = db.get(table, key)
    return None if row is None else row.model_dump(exclude={"bench_code"})


positions = count(1, 100)


@given(lives())
def test_the_order_of_storing_makes_no_difference(
    database: Database, life: tuple[list[Step], list[Step]]
) -> None:
    made, stored = life
    position = next(positions)
    expected = taken_in(database, f"a-{position}", made, position)
    assert taken_in(database, f"b-{position}", stored, position + 50) == expected


def test_what_came_late_is_filled_in_and_opens_nothing(database: Database) -> None:
    facts = {"severity": 3, "status": 1, "text_en": "", "has_freeze": False}
    steps = [
        fault(n, {**facts, "state": state, "observed_at_ms": n})
        for n, state in enumerate(FaultState, 1)
    ]
    position = next(positions)
    late = [((1, step.seq), step) for step in reversed(steps)]
    found = taken_in(database, "late", late, position)[0]
    assert found["state"].value == "cleared"
    assert found["confirmed_at"] == datetime.fromtimestamp(0.002, UTC)
    assert found["cleared_at"] == datetime.fromtimestamp(0.003, UTC)
