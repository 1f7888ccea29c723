import os

from hypothesis import settings

from tests.spool_machine import SpoolMachine

HISTORIES = int(os.environ.get("STATIONMASTER_SPOOL_HISTORIES", "25"))

TestRandomHistories = SpoolMachine.TestCase
TestRandomHistories.settings = settings(
    max_examples=HISTORIES, stateful_step_count=30, deadline=None
)
