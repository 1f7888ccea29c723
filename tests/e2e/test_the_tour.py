"""The whole way of a school, as its people and its evaluator go it in their browsers.

A foreign list is mapped and settled, gaps become tasks, things are bought and calibrated, counted
by phone, handed in, returned, mended and passed; the papers then say what the database says.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.browsers import DESKTOP, PHONE, entered
from tests.e2e.conftest import Demo
from tests.e2e.tour_handing_in import (
    be_reviewed,
    check_a_paper,
    come_to_the_second_review,
    read_papers_back,
    report_the_year,
)
from tests.e2e.tour_mending import (
    buy_and_calibrate,
    count_by_phone,
    import_the_list,
    mend_and_accept,
    settle_three_texts,
)
from tests.e2e.tour_school import MASTER, PASSWORD, found_the_school
from tests.rig import POSIX_ONLY

pytestmark = [POSIX_ONLY, pytest.mark.timeout(480)]


def test_a_school_goes_from_a_foreign_list_to_a_passed_review_and_its_papers(
    browser: Browser, demo: Demo, tmp_path: Path
) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip(
            "install LibreOffice (Debian: libreoffice-writer-nogui, libreoffice-calc-nogui)"
        )
    found_the_school(demo)
    today = date.fromisoformat(demo.readiness("BJ01-E", "2-1")["date"])
    with (
        entered(browser, demo, MASTER, DESKTOP, PASSWORD) as school,
        entered(browser, demo, "evaluator", PHONE) as judge,
        entered(browser, demo, MASTER, PHONE, PASSWORD) as phone,
        entered(browser, demo, None, PHONE) as stranger,
    ):
        import_the_list(school)
        settle_three_texts(school)
        school.get_by_role("link", name="按此清单自查").click()
        mend_and_accept(school, judge)
        buy_and_calibrate(school, today)
        count_by_phone(phone)
        come_to_the_second_review(school, judge)
        judge.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        be_reviewed(school, judge)
        check_a_paper(stranger, read_papers_back(school, program, tmp_path))
        report_the_year(school)
