import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from can_bridge.profile_checking.findings import Keys
from can_bridge.profile_checking.positions import Positions
from can_bridge.profile_checking.syntax import read_document

BARE = st.text("abcXYZ019_-", min_size=1, max_size=4)
SPELLED = st.one_of(
    BARE.map(lambda name: (name, name)),
    st.text("ab .#=[]{}'电", max_size=4).map(lambda name: (name, f'"{name}"')),
    st.text('ab .#=[]{}"\\压', max_size=4).map(lambda name: (name, f"'{name}'")),
    st.just(('q"\\', '"q\\"\\\\"')),
)
SCALARS = st.sampled_from(
    [
        "1",
        "-0x1F",
        "1_000.5e-3",
        "true",
        "1979-05-27 07:32:00",
        '""',
        '"a # no comment"',
        '"\\" ] }"',
        "'c:\\'",
        "''",
        '"""\nfirst ]\n\\"""" second\n"""',
        '"""ends with quotes"""""',
        "'''\n[no.table]\nk = 1 # '' \n'''",
        "'''x'''''",
        '"电压"',
    ]
).filter(lambda text: text != "-0x1F")
GAP = st.sampled_from(["", " ", "\t"])
LINES = st.sampled_from(["", "\n", "\n\n# [comment]\n", '  # k = 1 "\n', "\n"])


@st.composite
def _value(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.sampled_from(["scalar", "scalar", "array", "inline"] if depth else ["scalar"]))
    if kind == "scalar":
        return draw(SCALARS)
    if kind == "array":
        items = draw(st.lists(_value(depth - 1), max_size=3))
        gap = draw(st.sampled_from(["", " ", "\n  ", " # a ] comment\n"]))
        return "[" + gap + f",{gap}".join(items) + gap + "]"
    pairs = draw(st.lists(st.tuples(SPELLED, _value(depth - 1)), max_size=3))
    unique = {name: f"{spelled} = {value}" for (name, spelled), value in pairs}
    return "{ " + ", ".join(unique.values()) + " }"


@st.composite
def _documents(draw: st.DrawFn) -> str:
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 6))):
        lines.append(draw(LINES))
        gap = draw(GAP)
        parts = [spelled for _, spelled in draw(st.lists(SPELLED, min_size=1, max_size=3))]
        name = f"{gap}.{gap}".join(parts)
        kind = draw(st.sampled_from(["pair", "pair", "pair", "table", "array"]))
        if kind == "pair":
            lines.append(f"{gap}{name}{gap}={gap}{draw(_value())}{gap}\n")
        else:
            opening, closing = ("[", "]") if kind == "table" else ("[[", "]]")
            lines.append(f"{gap}{opening}{gap}{name}{gap}{closing} # end\n")
    return "".join(lines)


def _paths(value: object, keys: Keys = ()) -> set[Keys]:
    if isinstance(value, dict):
        inner = [_paths(entry, (*keys, name)) for name, entry in value.items()]
    elif isinstance(value, list):
        inner = [_paths(entry, (*keys, position)) for position, entry in enumerate(value)]
    else:
        inner = []
    return {keys}.union(*inner)


@given(_documents(), st.booleans())
def test_every_key_of_a_document_and_no_other_has_a_position(text: str, windows: bool) -> None:
    text = text.replace("\n", "\r\n") if windows else text
    document = read_document(text)
    assert document.tables is not None
    assert Positions(document.text).written() | {()} == _paths(document.tables)


@given(st.lists(st.sampled_from(["", "# x", 's = """\na\n"""', "t = [\n1,\n2]"]), max_size=6))
def test_a_key_is_on_the_line_it_is_written_on(before: list[str]) -> None:
    numbered = [
        line.replace("s =", f"s{n} =").replace("t =", f"t{n} =") for n, line in enumerate(before)
    ]
    text = "\n".join([*numbered, "[a.b]", "  wanted = 1"])
    assert tomllib.loads(text)["a"]["b"] == {"wanted": 1}
    position = Positions(text).of(("a", "b", "wanted"))
    assert (position.line, position.column) == (text.count("\n") + 1, 3)


def test_tables_of_an_array_are_counted_and_their_inner_tables_belong_to_the_newest() -> None:
    text = "[[f]]\nx = 1\n[[f]]\n[f.in]\ny = 2\n[[f.in.deep]]\nz = 3\n[[f.in.deep]]\nz = 4\n"
    positions = Positions(text)
    assert positions.of(("f", 0, "x")).line == 2
    assert positions.of(("f", 1)).line == 3
    assert positions.of(("f", 1, "in", "y")).line == 5
    assert positions.of(("f", 1, "in", "deep", 1, "z")).line == 9


def test_a_missing_key_is_placed_at_its_table() -> None:
    positions = Positions('name = "x"\n\n[usage]\nstart_s = 1\n')
    assert positions.of(("usage", "in_use")).line == 3
    assert positions.of(("nothing", "at", "all")).line == 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = .5\nb = 1\nc = slcan\n", [1, 3]),
        ('a = "open\nb = 1\n', [1]),
        ("a 1\n[t]\nb = [1 2]\n", [1, 3]),
        ("[t\nb = 1\nb = 2\n[u]\nc = yes\n", [1, 5]),
        ("a = 1\na = 2\n[t]\n[t]\nx = 1\n", [2, 4]),
        ('a = """\nnever closed\n', [1]),
        ("a = 1\nb =", [2]),
    ],
)
def test_every_line_that_is_no_toml_is_told(text: str, lines: list[int]) -> None:
    document = read_document(text)
    assert [broken.line for broken in document.broken] == lines
    assert all(
        "TOML" in broken.text.zh and "not TOML" in broken.text.en for broken in document.broken
    )


def test_a_document_nested_too_deeply_is_told_and_not_a_crash() -> None:
    document = read_document("a = " + "[" * 100_000)
    assert document.tables is None
    assert document.broken


@given(st.text("ab=[]{}\".\n#,'1 \\", max_size=60))
def test_any_text_is_read_or_told_off_and_measured(text: str) -> None:
    document = read_document(text)
    assert document.tables is not None or document.broken
    Positions(document.text)
