from pathlib import Path

import pytest

from inventory.typesetting.fonts import NoChineseFont, chinese_typeface, font_folders


def test_windows_keeps_fonts_of_the_machine_and_of_the_user() -> None:
    folders = font_folders("win32", {"WINDIR": "D:/Win", "LOCALAPPDATA": "D:/me/Local"})
    assert folders == [Path("D:/Win/Fonts"), Path("D:/me/Local/Microsoft/Windows/Fonts")]


def test_linux_keeps_fonts_of_the_user_where_xdg_says() -> None:
    assert Path("/data/fonts") in font_folders("linux", {"XDG_DATA_HOME": "/data"})


def test_a_machine_without_a_chinese_font_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoChineseFont, match=r"fonts-noto-cjk.*STATIONMASTER_CHINESE_FONT"):
        chinese_typeface(folders=[tmp_path])


def test_a_file_that_is_no_font_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "msyh.ttc").write_bytes(b"ttcf and then nothing")
    (tmp_path / "simhei.ttf").write_bytes(b"")
    with pytest.raises(NoChineseFont):
        chinese_typeface(folders=[tmp_path])


def test_a_named_file_that_is_no_font_is_named_in_the_refusal(tmp_path: Path) -> None:
    named = tmp_path / "notes.txt"
    named.write_text("not a font", "utf-8")
    with pytest.raises(NoChineseFont, match=r"notes\.txt: can't be read as a font"):
        chinese_typeface(named)
