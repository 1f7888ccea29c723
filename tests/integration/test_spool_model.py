"""What was accepted is stored once, whatever happens to a spool and on the way."""

import os

import pytest
from hypothesis import settings

from tests.spool_machine import SpoolMachine

HISTORIES = int(os.environ.get("STATIONMASTER_SPOOL_HISTORIES", "12"))
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]

TestRandomHistories = SpoolMachine.TestCase
TestRandomHistories.settings = settings(
    max_examples=HISTORIES, stateful_step_count=30, deadline=None
)
