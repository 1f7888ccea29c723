import re
from pathlib import Path

import pytest

from dashboard import theme

FOLDER = Path(__file__).resolve().parents[3] / "dashboard"
BROWSER_FILES = sorted((*FOLDER.rglob("*.js"), *FOLDER.rglob("*.css")))
MAX_LINES = 300
MIN_CONTRAST = 4.5


@pytest.mark.parametrize("path", BROWSER_FILES, ids=lambda path: path.name)
def test_a_browser_file_stays_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", BROWSER_FILES, ids=lambda path: path.name)
def test_data_never_become_markup_and_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|https?://|@import"
    assert re.findall(banned, text) == []


def test_the_style_of_the_page_closes_no_tag() -> None:
    assert "<" not in (FOLDER / "components" / "page.css").read_text("utf-8")


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def variables() -> dict[str, str]:
    css = (FOLDER / "components" / "elements.css").read_text("utf-8")
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", css))


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "soft"),
        ("grey", "soft"),
        ("green", "green-soft"),
        ("amber", "amber-soft"),
        ("blue", "blue-soft"),
        ("off", "off-soft"),
        ("accent", "soft"),
    ],
)
def test_words_can_be_read_on_their_ground(ink: str, paper: str) -> None:
    known = variables()
    assert contrast(known[ink], known[paper]) >= MIN_CONTRAST


def test_white_on_the_red_of_a_fault_can_be_read() -> None:
    assert contrast("#ffffff", variables()["red"]) >= MIN_CONTRAST


def test_the_pages_tell_nobody_and_show_no_traceback() -> None:
    assert theme.OPTIONS["browser.gatherUsageStats"] is False
    assert theme.OPTIONS["client.showErrorDetails"] == "none"
