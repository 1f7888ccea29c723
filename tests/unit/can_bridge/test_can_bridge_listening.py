import math
from collections.abc import Sequence
from dataclasses import replace

import cantools
import numpy as np
import pytest
from cantools.database.can import Database
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.buses.load import BitRates
from can_bridge.decoding.belief import Quality
from can_bridge.decoding.frames import FrameDecoder, Outcome
from can_bridge.frames import IS_ERROR, Frame, FrameBatch
from can_bridge.listening import HeardBus, HeardSignal, IdKey, View, begun, step, tick
from can_bridge.listening_fits import suggestions


def database(text: str) -> Database:
    loaded = cantools.database.load_string("BU_: A\n" + text, "dbc", strict=False)
    assert isinstance(loaded, Database)
    return loaded


DBC = database(
    'BO_ 256 Pack: 8 A\n SG_ Voltage : 0|16@1+ (0.1,0) [0|500] "V" A\n'
    ' SG_ Ready : 16|1@1+ (1,0) [0|1] "" A\n'
    'BO_ 512 Cells: 2 A\n SG_ Soc : 0|8@1+ (0.5,0) [0|100] "%" A\n'
    'VAL_ 256 Ready 0 "off" 1 "on" ;\n'
)
DECODER = FrameDecoder(DBC)
SIGNALS = tuple(
    HeardSignal(
        one.key,
        one.key.partition(".")[0],
        one.unit,
        choices=one.choices,
        is_headline=one.key == "Cells.Soc",
        rank=rank,
    )
    for rank, one in enumerate(DECODER.signals)
)
BUS = HeardBus("hv", BitRates(500_000, 500_000), ("Pack", "Cells"), SIGNALS)


def batch(*frames: tuple[int, bytes]) -> FrameBatch:
    return FrameBatch.of(Frame(0.0, "hv", number, False, data) for number, data in frames)


def heard(*batches: FrameBatch, times: Sequence[float] = (0.0,)) -> View:
    view = begun([BUS], 0.0)
    for number, one in enumerate(batches):
        decoded = DECODER.decode(one.data_frames())
        view = step(view, BUS, one, decoded, times[min(number, len(times) - 1)])
    return view


PACK, CELLS = IdKey("hv", 0x100, False), IdKey("hv", 0x200, False)
FULL = bytes([0x10, 0x0E, 1, 0, 0, 0, 0, 0])


def test_an_identifier_keeps_its_count_its_latest_data_and_its_message() -> None:
    view = heard(batch((0x100, bytes(8)), (0x300, b"\1"), (0x100, FULL)))
    assert view.ids[PACK].frames == 2
    assert view.ids[PACK].data == FULL
    assert [seen.message for seen in view.known_ids()] == ["Pack"]
    assert [seen.key.arbitration_id for seen in view.unknown_ids()] == [0x300]
    assert view.buses["hv"].outcomes[Outcome.UNKNOWN_ID] == 1


def test_rates_and_load_belong_to_the_last_full_window() -> None:
    second = batch(*[(0x100, FULL)] * 50)
    view = tick(heard(second, times=[0.9]), 0.9)
    assert view.ids[PACK].rate_hz is None
    view = tick(view, 1.0)
    assert view.ids[PACK].rate_hz == pytest.approx(50)
    assert view.ids[PACK].period_ms == pytest.approx(20)
    load = view.buses["hv"].load
    assert load is not None
    assert 50 * 111 / 500_000 < load < 50 * 111 / 500_000 * 1.25
    silent = tick(view, 2.0)
    assert (silent.ids[PACK].rate_hz, silent.buses["hv"].load) == (0, 0)
    assert silent.ids[PACK].period_ms is None


def test_a_clock_that_goes_back_counts_as_standing_still() -> None:
    view = tick(heard(batch((0x100, FULL)), batch((0x100, FULL)), times=[5.0, 1.0]), 2.0)
    assert view.now_s == 5.0
    assert view.ids[PACK].last_at_s == 5.0


def test_values_are_told_with_label_or_with_why_there_is_none() -> None:
    absent = bytes([0xFF, 0xFF, 1, 0, 0, 0, 0, 0])
    implausible = bytes([0x00, 0x80, 0, 0, 0, 0, 0, 0])
    by_name = {seen.signal.name: seen for seen in heard(batch((0x100, absent))).ranked_values()}
    assert by_name["Pack.Voltage"].quality is Quality.NOT_AVAILABLE
    assert by_name["Pack.Voltage"].value is None
    assert by_name["Pack.Ready"].choice == "on"
    (voltage,) = (
        seen
        for seen in heard(batch((0x100, implausible))).ranked_values()
        if seen.signal.name == "Pack.Voltage"
    )
    assert (voltage.quality, voltage.value, voltage.raw) == (Quality.IMPLAUSIBLE, None, 0x8000)


def test_headlines_come_first() -> None:
    view = heard(batch((0x100, FULL), (0x200, b"\x64\x00")))
    names = [seen.signal.name for seen in view.ranked_values()]
    assert names == ["Cells.Soc", "Pack.Voltage", "Pack.Ready"]


def test_error_frames_are_counted_and_are_no_identifier() -> None:
    mixed = batch((0x100, FULL), (0x7FF, b""))
    flags = mixed.flags | np.array([0, IS_ERROR], np.uint8)
    view = heard(replace(mixed, flags=flags))
    assert (view.buses["hv"].frames, view.buses["hv"].error_frames) == (1, 1)
    assert list(view.ids) == [PACK]


FRAMES = st.lists(
    st.tuples(st.sampled_from([0x100, 0x200, 0x300]), st.binary(max_size=8)), max_size=12
)


@given(FRAMES, st.integers(0, 12))
def test_how_the_frames_are_cut_into_batches_makes_no_difference(
    frames: list[tuple[int, bytes]], cut: int
) -> None:
    parts = [part for part in (frames[:cut], frames[cut:]) if part]
    whole = heard(batch(*frames)) if frames else begun([BUS], 0.0)
    split = heard(*(batch(*part) for part in parts))
    assert split.ids == whole.ids
    assert split.values == whole.values
    one, other = split.buses["hv"], whole.buses["hv"]
    assert math.isclose(one.busy_s, other.busy_s)
    assert replace(one, busy_s=0.0) == replace(other, busy_s=0.0)
    assert sum(seen.frames for seen in split.ids.values()) == len(frames)


def test_the_dbc_that_knows_the_unknown_identifiers_is_suggested() -> None:
    other = database('BO_ 768 Door: 1 A\n SG_ Open : 0|1@1+ (1,0) [0|1] "" A\n')
    view = heard(batch((0x100, FULL), (0x300, b"\1"), (0x301, b"\1")))
    (found,) = suggestions(view, {"own.dbc": DBC, "body.dbc": other})
    assert (found.bus, found.fit.name) == ("hv", "body.dbc")
    assert (found.explained_ids, found.unknown_ids) == (1, 2)
    assert list(suggestions(view, {"own.dbc": DBC})) == []
