"""Where a machine keeps fonts that can set Chinese and may be embedded in a file."""

import os
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fontTools.ttLib import TTCollection, TTFont, TTLibError

SAMPLE = "站长设备与工具一栏表校准检定≥±℃Ω（）"
"""A font without one of these is not one to print a report with."""
_UNFIT = "has not the characters of Chinese reports, or its maker forbids embedding"
_RESTRICTED = 0x0002
"""Bit of `OS/2.fsType`: the maker does not allow embedding."""
_SIMPLIFIED = ("SC", "CN", "GB")
_FACES: Sequence[tuple[str, str]] = (
    ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
    ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf"),
    ("NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf"),
    ("SourceHanSansSC-Regular.otf", "SourceHanSansSC-Bold.otf"),
    ("SourceHanSansCN-Regular.otf", "SourceHanSansCN-Bold.otf"),
    ("msyh.ttc", "msyhbd.ttc"),
    ("Deng.ttf", "Dengb.ttf"),
    ("simsun.ttc", "simhei.ttf"),
    ("simhei.ttf", "simhei.ttf"),
    ("STHeiti Light.ttc", "STHeiti Medium.ttc"),
    ("Hiragino Sans GB.ttc", "Hiragino Sans GB.ttc"),
    ("Songti.ttc", "Songti.ttc"),
    ("wqy-microhei.ttc", "wqy-microhei.ttc"),
    ("wqy-zenhei.ttc", "wqy-zenhei.ttc"),
    ("DroidSansFallbackFull.ttf", "DroidSansFallbackFull.ttf"),
    ("uming.ttc", "uming.ttc"),
)
"""Files of regular and bold, the best first: what Debian, Windows, macOS and others install."""


class NoChineseFont(Exception):
    """No font of this machine can set Chinese, or the one that was named can't."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face: a file, and its number in the file where that is a collection."""

    path: Path
    number: int = 0


@dataclass(frozen=True, slots=True)
class Typeface:
    """What papers and labels are set with; without a bold face of its own, bold is regular."""

    regular: Face
    bold: Face


def chinese_typeface(named: Path | None = None, folders: Sequence[Path] | None = None) -> Typeface:
    """The typeface papers are printed with on this machine.

    Args:
        named: a font file to use in place of the machine's.
        folders: where to look; None is where this system keeps its fonts.

    Raises:
        NoChineseFont: `named` is no font that can set Chinese, or the machine has none.
    """
    if named is not None:
        face, reason = _usable(named)
        if face is None:
            raise NoChineseFont(f"{named}: {reason}")
        return Typeface(face, face)
    known = _files(font_folders(sys.platform, os.environ) if folders is None else folders)
    for regular_name, bold_name in _FACES:
        regular = _first(known.get(regular_name.lower(), ()))
        if regular is not None:
            return Typeface(regular, _first(known.get(bold_name.lower(), ())) or regular)
    raise NoChineseFont(
        "no font that can set Chinese was found; install one (Debian: fonts-noto-cjk; Windows: "
        "the Chinese language pack) or name a file in STATIONMASTER_CHINESE_FONT"
    )


def font_folders(platform: str, environment: Mapping[str, str]) -> list[Path]:
    """Where a system of the platform (as `sys.platform`) keeps fonts, its own and the user's."""
    home = Path(environment.get("HOME", "/"))
    if platform == "win32":
        windows = Path(environment.get("WINDIR", r"C:\Windows"))
        own = Path(environment.get("LOCALAPPDATA", windows)) / "Microsoft" / "Windows"
        return [windows / "Fonts", own / "Fonts"]
    if platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    data = Path(environment.get("XDG_DATA_HOME", home / ".local/share"))
    return [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), data / "fonts"]


def _files(folders: Iterable[Path]) -> dict[str, list[Path]]:
    wanted = {name.lower() for pair in _FACES for name in pair}
    known: dict[str, list[Path]] = {}
    for path in _below(folders):
        if path.name.lower() in wanted:
            known.setdefault(path.name.lower(), []).append(path)
    return known


def _below(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for place, _, names in os.walk(folder):
            yield from (Path(place) / name for name in sorted(names))


def _first(paths: Iterable[Path]) -> Face | None:
    return next((face for path in paths if (face := _usable(path)[0]) is not None), None)


def _usable(path: Path) -> tuple[Face | None, str]:
    """The file's face that sets simplified Chinese, or why there is none."""
    try:
        # opened here: the library leaves a file open that it can't read
        with path.open("rb") as file:
            is_collection = file.read(4) == b"ttcf"
            file.seek(0)
            number = _face_of_collection(file) if is_collection else _face_of_file(file)
    except (OSError, TTLibError, KeyError, AssertionError, struct.error) as error:
        return None, f"can't be read as a font: {error}"
    return (Face(path, number), "") if number is not None else (None, _UNFIT)


def _face_of_file(file: BinaryIO) -> int | None:
    return 0 if _sets_chinese(TTFont(file, lazy=True)) else None


def _face_of_collection(file: BinaryIO) -> int | None:
    faces = enumerate(TTCollection(file, lazy=True).fonts)
    simplified_first = sorted(faces, key=lambda one: not _is_simplified(one[1]))
    return next((number for number, font in simplified_first if _sets_chinese(font)), None)


def _sets_chinese(font: TTFont) -> bool:
    characters = font.getBestCmap() or {}
    if font["OS/2"].fsType & 0x000F == _RESTRICTED:
        return False
    return all(ord(one) in characters for one in SAMPLE)


def _is_simplified(font: TTFont) -> bool:
    words = (font["name"].getBestFamilyName() or "").split()
    return any(word in _SIMPLIFIED for word in words) and "Mono" not in words
