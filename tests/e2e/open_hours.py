"""A rig of a school that is open whatever the hour, as tests that can't wait for one need it."""

import contextlib
from collections.abc import Iterator
from datetime import date, timedelta

from playwright.sync_api import Page

CALENDAR = "/api/v1/school-calendar"
CHANGING = {"X-Stationmaster": "1"}
WEEK = range(7)


@contextlib.contextmanager
def rig_open_all_day(page: Page, on: date, rig: str) -> Iterator[None]:
    """Open on a day and the next; the calendar is as it was afterwards."""
    days = [on, on + timedelta(days=1)]
    known = page.request.get(CALENDAR).json()["hours"]
    hours = [{"weekday": n, "opens": "00:00", "closes": "24:00", "resource": rig} for n in WEEK]
    for part, items in (
        ("hours", [*known, *hours]),
        ("days", [{"day": str(day), "kind": "open", "as_weekday": 0} for day in days]),
    ):
        answer = page.request.put(f"{CALENDAR}/{part}", data=items, headers=CHANGING)
        assert answer.ok, answer.text()
    try:
        yield
    finally:
        for part in ("hours", "days"):
            assert page.request.delete(f"{CALENDAR}/{part}", headers=CHANGING).ok
