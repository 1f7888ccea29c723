"""Every published DBC of the reference loads; nothing of it is lost or given to another message."""

import re
from collections import Counter
from pathlib import Path

import cantools
import pytest
from cantools.database.can import Database
from cantools.database.errors import UnsupportedDatabaseFormatError

from can_bridge.dbc.loading import check_dbc, load_dbc
from tests.dbc_texts import EXTENDED_FLAG, facts

FILES = {
    "dbc/css_canmod_gnss": {"unassigned-signals": 1, "duplicate-message-name": 9},
    "dbc/css_sae_j1939_demo": {},
    "dbc/css_tp_uds_nissan": {},
    "dbc/hyundai_kia_generic": {"bare-comment": 2},
    "dbc/hyundai_kia_generic.cantools-ok": {},
    "dbc/kona_bcan": {"missing-section": 2},
    "dbc/kona_bcan.cantools-ok": {},
    "dbc/kona_ccan": {"missing-section": 2},
    "dbc/kona_ccan.cantools-ok": {},
    "dbc/kona_comp_can": {},
    "dbc/kona_pcan": {"missing-section": 2},
    "dbc/kona_pcan.cantools-ok": {},
    "dbc_awkward/abs_cp1252": {},
    "dbc_awkward/derived_kona_pcan_gb18030": {"missing-section": 2},
    "dbc_awkward/extmux_cascaded": {},
    "dbc_awkward/hyundai_canfd": {"signals-overlap": 1},
    "dbc_awkward/j1939_large": {
        "signal-leaves-message": 32,
        "signals-overlap": 14,
        "duplicate-signal-name": 8,
    },
    "dbc_awkward/vw_mqbevo_29bit_noflag": {"id-without-flag": 10},
}
ENCODINGS = {"abs_cp1252": "cp1252", "derived_kona_pcan_gb18030": "gb18030"}
REFUSED = [
    "dbc/hyundai_kia_generic",
    "dbc/kona_bcan",
    "dbc/kona_ccan",
    "dbc/kona_pcan",
    "dbc_awkward/derived_kona_pcan_gb18030",
    "dbc_awkward/vw_mqbevo_29bit_noflag",
]


def by_cantools(path: Path, encoding: str) -> Database:
    database = cantools.database.load_file(path, "dbc", encoding, strict=False)
    assert isinstance(database, Database)
    return database


def lines_of(path: Path) -> list[tuple[tuple[bool, int], Counter[tuple[int, int]]]]:
    """Per message its id and its signals' bits, by the letters at the start of lines alone."""
    messages: list[tuple[tuple[bool, int], Counter[tuple[int, int]]]] = []
    for line in path.read_bytes().decode("latin-1").splitlines():
        words = line.split()
        if words[:1] == ["BO_"]:
            dbc_id = int(words[1])
            is_extended = dbc_id > 0x7FF
            messages.append(((is_extended, dbc_id & ~EXTENDED_FLAG), Counter()))
        elif words[:1] == ["SG_"]:
            found = re.search(r":\s*(\d+)\|(\d+)@", line)
            assert found is not None
            messages[-1][1][int(found[1]), int(found[2])] += 1
    unassigned = (True, 0xC0000000 & ~EXTENDED_FLAG)
    return [message for message in messages if message[0] != unassigned]


def test_every_file_of_the_reference_is_in_the_list(shared: Path) -> None:
    found = {
        path.relative_to(shared / "can").with_suffix("").as_posix()
        for path in (shared / "can").glob("dbc*/*.dbc")
    }
    assert found == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_every_line_of_the_file_is_in_the_model(shared: Path, name: str) -> None:
    path = shared / "can" / f"{name}.dbc"
    dbc = load_dbc(path)
    loaded = [
        (
            (message.is_extended_frame, message.frame_id),
            Counter((signal.start, signal.length) for signal in message.signals),
        )
        for message in dbc.database.messages
    ]
    assert loaded == lines_of(path)
    assert dbc.lost == ()
    assert dbc.encoding == ENCODINGS.get(path.stem, "utf-8")
    assert Counter(one.kind for one in dbc.remarks) == FILES[name]


@pytest.mark.parametrize("name", sorted(set(FILES) - set(REFUSED)))
def test_what_cantools_reads_is_read_alike(shared: Path, name: str) -> None:
    path = shared / "can" / f"{name}.dbc"
    dbc = load_dbc(path)
    ours, theirs = facts(dbc.database), facts(by_cantools(path, dbc.encoding))
    if name == "dbc_awkward/j1939_large":  # there, and only there, names appear twice
        for one in [*ours, *theirs]:
            signals = one["signals"]
            assert isinstance(signals, list)
            for signal in signals:
                signal["name"] = str(signal["name"]).removesuffix("_2")
            signals.sort(key=str)
    assert ours == theirs


@pytest.mark.parametrize("name", REFUSED)
def test_the_list_of_what_cantools_refuses_is_right(shared: Path, name: str) -> None:
    path = shared / "can" / f"{name}.dbc"
    with pytest.raises(UnsupportedDatabaseFormatError):
        by_cantools(path, ENCODINGS.get(path.stem, "utf-8"))


@pytest.mark.parametrize("name", ["hyundai_kia_generic", "kona_bcan", "kona_ccan", "kona_pcan"])
def test_a_repaired_file_is_what_its_repaired_twin_says(shared: Path, name: str) -> None:
    twin = by_cantools(shared / f"can/dbc/{name}.cantools-ok.dbc", "utf-8")
    ours = load_dbc(shared / f"can/dbc/{name}.dbc").database
    assert [{**one, "comment": ""} for one in facts(ours)] == [
        {**one, "comment": ""} for one in facts(twin)
    ]


def test_29_bit_ids_without_flag_are_what_they_are_with_it(shared: Path, tmp_path: Path) -> None:
    path = shared / "can/dbc_awkward/vw_mqbevo_29bit_noflag.dbc"
    flagged = re.sub(
        r"^((?:BO_|CM_ (?:SG_|BO_)|VAL_) )(\d+)",
        lambda found: found[1] + str(int(found[2]) | (EXTENDED_FLAG * (int(found[2]) > 0x7FF))),
        path.read_text("utf-8"),
        flags=re.MULTILINE,
    )
    (tmp_path / "flagged.dbc").write_text(flagged, "utf-8")
    theirs = by_cantools(tmp_path / "flagged.dbc", "utf-8")
    assert facts(load_dbc(path).database) == facts(theirs)


def test_chinese_comments_are_read(shared: Path) -> None:
    dbc = load_dbc(shared / "can/dbc_awkward/derived_kona_pcan_gb18030.dbc")
    message = dbc.database.get_message_by_frame_id(1429)
    assert message.comment == "电池高压状态：总电压、总电流、预充继电器"
    choices = message.get_signal_by_name("PrechargeRelay").choices
    assert {key: str(text) for key, text in (choices or {}).items()} == {0: "断开", 1: "闭合"}


def test_checking_says_the_same_without_the_model(shared: Path) -> None:
    path = shared / "can/dbc/hyundai_kia_generic.dbc"
    checked, loaded = check_dbc(path), load_dbc(path)
    assert (checked.messages, checked.signals) == (146, 1325)
    assert (checked.remarks, checked.encoding) == (loaded.remarks, loaded.encoding)
    assert [one.line for one in checked.remarks] == [1656, 1657]
