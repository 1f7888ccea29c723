import cantools
import pytest
from cantools.database.can import Database
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.dbc.fitting import Fit, Observed, best_fits

J1939 = (
    'BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","reserved","J1939PG";\n'
    'BA_DEF_DEF_ "VFrameFormat" "J1939PG";\n'
)


def database(lengths: dict[int, int], attributes: str = "") -> Database:
    lines = "".join(f"BO_ {dbc_id} M{dbc_id}: {size} A\n" for dbc_id, size in lengths.items())
    loaded = cantools.database.load_string(f"BU_: A\n{lines}{attributes}", "dbc", strict=False)
    assert isinstance(loaded, Database)
    return loaded


def seen(lengths: dict[int, int], frames: int = 10) -> list[Observed]:
    return [
        Observed(dbc_id, is_extended=False, length=size, frames=frames)
        for dbc_id, size in lengths.items()
    ]


def shares(fit: Fit) -> list[float]:
    return [
        fit.frames_known,
        fit.ids_known,
        fit.lengths_matching,
        fit.messages_seen,
        fit.score,
    ]


def test_the_dbc_of_the_bus_comes_first() -> None:
    bus = {256: 8, 512: 8, 768: 4}
    dbcs = {
        "other": database({1: 8, 2: 8}),
        "half": database({256: 8, 3: 8}),
        "whole": database(bus),
    }
    fits = best_fits(seen(bus), dbcs)
    assert [fit.name for fit in fits] == ["whole", "half", "other"]
    assert shares(fits[0]) == pytest.approx([1, 1, 1, 1, 1])
    assert shares(fits[1]) == pytest.approx([1 / 3, 1 / 3, 1, 1 / 2, 0.35])
    assert fits[2].score == 0


def test_ids_of_other_lengths_are_those_of_another_car() -> None:
    right, wrong = database({256: 4, 512: 4}), database({256: 8, 512: 8})
    fits = best_fits(seen({256: 4, 512: 4}), {"wrong": wrong, "right": right})
    assert [fit.name for fit in fits] == ["right", "wrong"]
    assert (fits[1].frames_known, fits[1].lengths_matching, fits[1].score) == (1.0, 0.0, 0.0)


def test_one_frequent_id_does_not_decide_alone() -> None:
    traffic = [*seen({1: 8}, frames=60), *seen(dict.fromkeys(range(2, 40), 8), frames=1)]
    collection = database(dict.fromkeys(range(2, 40), 8))
    fits = best_fits(traffic, {"single": database({1: 8}), "car": collection})
    assert fits[0].name == "car"


def test_the_smaller_of_two_that_know_everything_wins() -> None:
    bus = {256: 8, 512: 8}
    generic = database(dict.fromkeys(range(200, 600), 8))
    fits = best_fits(seen(bus), {"generic": generic, "car": database(bus)})
    assert [fit.name for fit in fits] == ["car", "generic"]


def test_j1939_groups_are_known_whoever_sends_them() -> None:
    group = 0x8CF00400
    traffic = [Observed(0x0CF00421, is_extended=True, length=8, frames=5)]
    dbcs = {"plain": database({group: 8}), "j1939": database({group: 8}, J1939)}
    fits = best_fits(traffic, dbcs)
    assert [(fit.name, fit.frames_known) for fit in fits] == [("j1939", 1.0), ("plain", 0.0)]


def test_the_extended_flag_tells_ids_apart() -> None:
    traffic = [Observed(256, is_extended=True, length=8, frames=5)]
    assert best_fits(traffic, {"standard": database({256: 8})})[0].score == 0


def test_nothing_seen_or_nothing_defined_fits_nothing() -> None:
    nothing = Fit("d", 0.0, 0.0, 0.0, 0.0, 0.0)
    assert best_fits([], {"d": database({1: 8})}) == (nothing,)
    assert best_fits(seen({1: 8}), {"d": Database()}) == (nothing,)


@given(st.dictionaries(st.integers(0, 0x7FF), st.integers(0, 8), min_size=1, max_size=20))
def test_every_share_is_a_share(lengths: dict[int, int]) -> None:
    dbc = database(dict.fromkeys(list(lengths)[::2], 8))
    (fit,) = best_fits(seen(lengths), {"d": dbc})
    assert all(0 <= share <= 1.000001 for share in shares(fit))
