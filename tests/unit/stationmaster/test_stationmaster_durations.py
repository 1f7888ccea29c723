import pytest

from stationmaster.durations import seconds_in


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), (" 1.5 h ", 5400), ("2d", 172_800), ("0s", 0)]
)
def test_times_as_people_type_them_are_seconds(text: str, seconds: float) -> None:
    assert seconds_in(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "s", "-5s", "5x", "1h30m", "1,5h"])
def test_any_other_text_is_no_time(text: str) -> None:
    assert seconds_in(text) is None
