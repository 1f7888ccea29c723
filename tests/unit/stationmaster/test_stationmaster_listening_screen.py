from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from can_bridge.buses.port import BusStatus
from can_bridge.dbc.fitting import Fit
from can_bridge.decoding.belief import Quality
from can_bridge.decoding.frames import Outcome
from can_bridge.listening import BusSeen, HeardSignal, IdKey, IdSeen, ValueSeen, View
from can_bridge.listening_fits import Suggestion
from can_bridge.listening_post import Picture
from stationmaster.language import Language
from stationmaster.listening_record import picture_record
from stationmaster.listening_screen import Stage, screen, value_text
from telemetry.contract.payloads import BusHealth


def signal(number: int, label: str = "动力电池总电压（放电为正，含充电）") -> HeardSignal:
    return HeardSignal(
        f"BMS_Pack.很长的名称_{number}", "BMS", "V", label, "Pack voltage", is_headline=number == 0
    )


def picture(ids: int = 60, values: int = 40, *, is_live: bool = True) -> Picture:
    seen = [
        IdSeen(
            IdKey("动力总线", number, number % 2 == 1),
            "" if number % 3 == 0 else f"一条名字很长的报文_Message_{number}",
            number,
            99.95,
            1.0,
            bytes(range(8 if number % 5 else 64)),
        )
        for number in range(ids)
    ]
    bus = BusSeen("动力总线", 123456, 7, 4170.4, 0.987, {Outcome.UNKNOWN_ID: 12, Outcome.SHORT: 3})
    view = View(
        0.0,
        12.4,
        12.0,
        {"动力总线": bus},
        {one.key: one for one in seen},
        {
            ("动力总线", number): ValueSeen("动力总线", signal(number), Quality.GOOD, 1, 1.5, 1.0)
            for number in range(values)
        },
    )
    status = BusStatus(
        health=BusHealth.WRONG_BITRATE, error_frames=3, lost_frames=2, detail="很长的说明 " * 20
    )
    return Picture(view, {"动力总线": status} if is_live else {}, False)


FOUND = Suggestion("动力总线", 20, Fit("一个名字很长的文件.dbc", 1, 0.5, 0.9, 0.2, 0.7))


def lines(stage: Stage, shown: Picture) -> list[str]:
    console = Console(width=stage.width, height=stage.height or 500, record=True, file=None)
    with console.capture() as captured:
        console.print(screen(shown, stage))
    return captured.get().splitlines()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("width", "height"), [(80, 24), (80, 50), (100, 30), (120, 30), (200, 60)])
def test_a_picture_fits_its_terminal_however_wide_the_characters(
    width: int, height: int, language: Language
) -> None:
    shown = lines(Stage("battery-01", language, width, height, (FOUND,)), picture())
    assert max(map(cell_len, shown)) <= width
    assert len(shown) <= height
    assert any("4170" in line and "98.7%" in line for line in shown)
    assert any("10/20" in line for line in shown)


@pytest.mark.parametrize("width", [80, 120])
def test_without_a_height_nothing_is_left_out(width: int) -> None:
    shown = "\n".join(lines(Stage("log", Language.EN, width), picture(is_live=False)))
    assert "more" not in shown
    assert shown.count("Pack voltage") == 40
    assert f"{59:08X}" in shown


def test_what_does_not_fit_is_counted() -> None:
    shown = "\n".join(lines(Stage("x", Language.ZH, 80, 24), picture(ids=60, values=40)))
    assert "另有" in shown


def test_a_small_table_leaves_its_rows_to_the_large_one() -> None:
    shown = lines(Stage("x", Language.ZH, 80, 30), picture(ids=2, values=40))
    assert sum("动力电池总电压" in line for line in shown) >= 14


def test_the_state_of_a_live_bus_is_in_words_and_a_log_has_none() -> None:
    live = "\n".join(lines(Stage("x", Language.ZH, 120), picture()))
    log = "\n".join(lines(Stage("x", Language.ZH, 120), picture(is_live=False)))
    assert "波特率不符" in live
    assert "状态" not in log


@pytest.mark.parametrize(
    ("quality", "value", "raw", "text"),
    [
        (Quality.GOOD, 1.23456789, 5, "1.23457"),
        (Quality.GOOD, 4294967055.0, 5, "4294967055"),
        (Quality.GOOD, 1.0, 1, "合上"),
        (Quality.NOT_AVAILABLE, None, 255, "无值"),
        (Quality.IMPLAUSIBLE, None, 254, "不可信"),
    ],
)
def test_a_value_is_a_number_a_label_or_the_reason_why_there_is_none(
    quality: Quality, value: float | None, raw: int, text: str
) -> None:
    known = HeardSignal("a", "M", choices={1: "合上"})
    assert value_text(ValueSeen("hv", known, quality, raw, value, 0.0), Language.ZH) == text


def test_the_record_for_scripts_holds_everything() -> None:
    record: Any = picture_record(picture(ids=4, values=1), (FOUND,))
    bus = record["buses"][0]
    assert (bus["state"], bus["error_frames"], bus["lost_frames"]) == ("wrong_bitrate", 10, 2)
    assert [one["id"] for one in record["unknown_ids"]] == [0, 3]
    assert record["suggestions"][0]["explained_ids"] == 10
