import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from inventory.database import open_database
from tests.booking_machine import Lives
from tests.booking_world import furnish_to_book
from tests.databases import Databases

SHORT = 2000
STEPS = int(os.environ.get("STATIONMASTER_BOOKING_STEPS", str(SHORT)))
STEPS_OF_A_LIFE = 50


@pytest.fixture(scope="module")
def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("booked")
    with databases.fresh("sqlite", "furnished", folder) as url:
        database = open_database(url)
        furnish_to_book(database)
        database.close()
        yield folder / "inventory.sqlite"


@pytest.mark.timeout(0)
def test_bookings_live_as_the_plain_model_says_whatever_happens_to_them(world: Path) -> None:
    class LivesHere(Lives):
        template = world

    run_state_machine_as_test(
        LivesHere,
        settings=settings(
            max_examples=max(STEPS // STEPS_OF_A_LIFE, 1),
            stateful_step_count=STEPS_OF_A_LIFE,
            # the same lives in every short run; new ones are for the long form, which is read
            derandomize=STEPS <= SHORT,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
