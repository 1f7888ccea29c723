"""Files made to exhaust whoever reads them: a clear error within 10 s and 512 MiB."""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from can_bridge.dbc.loading import MAX_FILE_BYTES, load_dbc
from can_bridge.dbc.parsing_child import MAX_MEMORY_BYTES, MAX_SECONDS
from can_bridge.dbc.parsing_process import OutOfLimits, ParsingProcess
from can_bridge.errors import UnreadableDbc

MIB = 1024 * 1024
SIGNAL = ' SG_ S : 0|8@1+ (1,0) [0|0] "" A\n'


def nested_multiplexers(depth: int, values: int) -> str:
    """Each value of each multiplexer holds the next one: values ** depth decoders."""
    signals = [' SG_ S0 M : 0|8@1+ (1,0) [0|0] "" A\n']
    ranges = []
    for level in range(1, depth):
        signals.append(f' SG_ S{level} m0M : {8 * level}|8@1+ (1,0) [0|0] "" A\n')
        ranges.append(f"SG_MUL_VAL_ 1 S{level} S{level - 1} 0-{values - 1};\n")
    return f"BO_ 1 M: 8 A\n{''.join(signals)}{''.join(ranges)}"


FILES = {
    "claims a gigabyte": b"BU_: A\nBO_ 1 M: 1000000000 A\n",
    "claims a long signal": f"BO_ 1 M: 8 A\n{SIGNAL.replace('|8@', '|4000000000@')}".encode(),
    "nested multiplexers": nested_multiplexers(6, 200).encode(),
    "many wide ranges": (
        'BO_ 1 M: 8 A\n SG_ R M : 0|16@1+ (1,0) [0|0] "" A\n'
        + "".join(SIGNAL.replace("S :", f"S{n} m0 :") for n in range(3000))
        + "".join(f"SG_MUL_VAL_ 1 S{n} R 0-4000;\n" for n in range(3000))
    ).encode(),
    "a ladder of multiplexers": (
        'BO_ 1 M: 300 A\n SG_ S0 M : 0|8@1+ (1,0) [0|0] "" A\n'
        + "".join(f' SG_ S{n} m0M : {8 * n}|8@1+ (1,0) [0|0] "" A\n' for n in range(1, 300))
        + "".join(f"SG_MUL_VAL_ 1 S{n} S{n - 1} 0-0;\n" for n in range(1, 300))
    ).encode(),
    "random bytes": random.Random(1).randbytes(16 * MIB),  # noqa: S311 -- not for keys
    "one word": b"a" * 16 * MIB,
    "words": b"a " * 500_000,
    "digits": b"1" * 16 * MIB,
    "marks": b";" * 200_000,
    "nothing but NUL": bytes(16 * MIB),
    "nothing but blanks": b" \n" * 8 * MIB,
    "open strings": b'"\nSG_ \\' * 100_000,
    "closed behind all": b'"\nSG_ \\' * 100_000 + b'"',
    "open comments": b'CM_ "\n' * 200_000,
    "escaped quotes": b'\\"' * 8 * MIB,
    "keywords": b"BO_ " * 300_000,
    "keyword lines": b"SG_\n" * 300_000,
    "statements without end": b"VAL_ 1 S 0\n" * 100_000,
    "brackets": b"(" * 4 * MIB,
    "signals of no message": SIGNAL.encode() * 20_000,
    "unused value tables": b"BO_ 1 M: 8 A\n" + b'VAL_ 9 S 0 "a" ;\n' * 60_000,
    "one message again and again": f"BO_ 1 M: 8 A\n{SIGNAL}".encode() * 20_000,
    "overlaps": b"BO_ 1 M: 8 A\n" + SIGNAL.encode() * 10_000,
}
HARMLESS = {
    "range over everything": (
        b'BO_ 1 M: 8 A\n SG_ R M : 0|8@1+ (1,0) [0|0] "" A\n'
        b' SG_ S m0 : 8|8@1+ (1,0) [0|0] "" A\nSG_MUL_VAL_ 1 S R 0-4294967295;\n'
    ),
    "range beyond everything": (
        'BO_ 1 M: 8 A\n SG_ R M : 0|32@1+ (1,0) [0|0] "" A\n'
        f' SG_ S m1 : 32|8@1+ (1,0) [0|0] "" A\nSG_MUL_VAL_ 1 S R 1-{10**25};\n'
    ).encode(),
    "long number": f"BO_ 1 M: 8 A\n{SIGNAL.replace('(1,', '(' + '9' * 100_000 + ',')}".encode(),
    "big exponent": f"BO_ 1 M: 8 A\n{SIGNAL.replace('[0|', '[1e999999999|')}".encode(),
    "long comment": b'BO_ 1 M: 8 A\nCM_ "' + b"a" * 200_000 + b'";\n',
    "NUL between": b"\0\0BO_ 1 M: 8 A\0\n\0",
}


def file(folder: Path, content: bytes) -> Path:
    path = folder / "hostile.dbc"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_or_read_within_the_limits(tmp_path: Path, name: str) -> None:
    path = file(tmp_path, FILES[name][:MAX_FILE_BYTES])
    before = psutil.Process().memory_info().rss
    began = time.monotonic()
    with suppress(UnreadableDbc):
        assert load_dbc(path).remarks, "read, but said nothing about it"
    assert time.monotonic() - began < MAX_SECONDS + 2
    assert psutil.Process().memory_info().rss - before < MAX_MEMORY_BYTES


@pytest.mark.parametrize("name", HARMLESS)
def test_a_file_that_only_looks_hostile_is_read(tmp_path: Path, name: str) -> None:
    dbc = load_dbc(file(tmp_path, HARMLESS[name]))
    assert dbc.database.messages[0].name == "M"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableDbc, match=r"empty|no line of it"):
        load_dbc(file(tmp_path, content))


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.dbc"
    with path.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(UnreadableDbc, match=f"at most {MAX_FILE_BYTES}"):
        load_dbc(path)


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDbc, match="No such file"):
        load_dbc(tmp_path / "absent.dbc")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("claims a gigabyte", "line 2: message M is lost: it has 1000000000 bytes, at most 1785"),
        ("many wide ranges", "more than 512 MiB of memory"),
        ("one word", "no line of it is DBC"),
    ],
)
def test_the_error_says_what_is_wrong(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(UnreadableDbc, match=reason):
        load_dbc(file(tmp_path, FILES[name]))


@pytest.fixture
def hasty() -> Iterator[ParsingProcess]:
    process = ParsingProcess(max_seconds=0.7)
    yield process
    process.close()


def test_time_runs_out_for_one_file_only(hasty: ParsingProcess) -> None:
    with pytest.raises(OutOfLimits, match=r"longer than 0\.7 s"):
        hasty.parse(nested_multiplexers(6, 200).encode())
    assert hasty.child_pid is None
    assert hasty.parse(b"BO_ 1 M: 8 A\n").messages == 1


def test_memory_is_watched_where_the_system_does_not_limit_it() -> None:
    process = ParsingProcess(max_memory_bytes=40 * MIB)
    with pytest.raises(OutOfLimits, match="more than 40 MiB"):
        process.parse(FILES["words"])
    assert process.child_pid is None


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux")
def test_the_system_limits_the_memory_of_the_child(hasty: ParsingProcess) -> None:
    hasty.parse(b"BO_ 1 M: 8 A\n")
    assert psutil.Process(hasty.child_pid).rlimit(psutil.RLIMIT_AS)[0] == MAX_MEMORY_BYTES
