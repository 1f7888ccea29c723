import pytest

from can_bridge.dbc.encodings import decode_text

CHINESE = 'CM_ SG_ 1429 VBatt "动力电池总电压（伏），放电为正";\nVAL_ 1 S 0 "断开" 1 "闭合" ;\n'
GERMAN = 'CM_ SG_ 1 T "Kühlmitteltemperatur in °C, größer als Öltemperatur";\n'
FRENCH = 'SG_ T : 0|8@1+ (1,-40) [0|0] "°C" A\nCM_ "Température extérieure, à côté du moteur";\n'


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        ('"℃" "电池"', "gb18030"),
        (GERMAN, "cp1252"),
        (FRENCH, "cp1252"),
        ('"°C"', "cp1252"),
        ('CM_ "Größe";', "cp1252"),
        ('CM_ "µA";', "cp1252"),
        (CHINESE, "utf-8"),
        (GERMAN, "utf-8"),
        (GERMAN, "utf-16"),
        (CHINESE, "utf-16-be"),
        (f"VERSION {CHINESE}", "utf-16-le"),
    ],
)
def test_text_is_read_as_it_was_written(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == (text, encoding)


def test_a_byte_order_mark_is_not_text() -> None:
    assert decode_text("BU_: 甲".encode("utf-8-sig")) == ("BU_: 甲", "utf-8")


def test_one_broken_byte_does_not_change_the_encoding_of_the_rest() -> None:
    text, encoding = decode_text(CHINESE.encode() + b"\xff\n")
    assert encoding == "utf-8"
    assert text == f"{CHINESE}\N{REPLACEMENT CHARACTER}\n"


def test_bytes_of_no_encoding_at_all_are_still_read() -> None:
    assert decode_text(b"\x81\x20") == ("\x81 ", "latin-1")
