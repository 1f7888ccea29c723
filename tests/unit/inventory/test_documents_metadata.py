import contextlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from inventory.documents.metadata import NoPicture, without_metadata
from inventory.documents.rules import IMAGES, MediaType

SECRET = b"39.9042N-116.4074E"
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def picture() -> Image.Image:
    found = Image.new("RGB", (24, 16))
    found.putdata([(x * 9 % 256, x * 5 % 256, x % 256) for x in range(24 * 16)])
    return found


def told(turned: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = turned
    exif[MAKE] = SECRET.decode()
    exif.get_ifd(GPS)[29] = SECRET.decode()
    return exif


def saved(kind: str, **more: object) -> bytes:
    content = BytesIO()
    picture().save(content, kind, **more)
    return content.getvalue()


def pixels(content: bytes) -> bytes:
    return Image.open(BytesIO(content)).convert("RGB").tobytes()


def photos() -> dict[MediaType, bytes]:
    words = PngInfo()
    words.add_text("Location", SECRET.decode())
    lossless = {"lossless": True, "exif": told(), "xmp": SECRET}
    return {
        MediaType.JPEG: saved("JPEG", exif=told(), comment=SECRET, icc_profile=b"profile"),
        MediaType.PNG: saved("PNG", exif=told(), pnginfo=words),
        MediaType.WEBP: saved("WEBP", **lossless),
    }


@pytest.mark.parametrize("kind", sorted(IMAGES))
def test_a_photo_says_no_more_where_it_was_taken_and_looks_the_same(kind: MediaType) -> None:
    before = photos()[kind]
    after = without_metadata(before, kind)
    assert SECRET in before
    assert SECRET not in after
    assert pixels(after) == pixels(before)
    assert without_metadata(after, kind) == after


def test_a_photo_held_upright_stays_upright() -> None:
    after = without_metadata(saved("JPEG", exif=told(turned=6)), MediaType.JPEG)
    assert SECRET not in after
    assert dict(Image.open(BytesIO(after)).getexif()) == {ORIENTATION: 6}


def test_colours_are_kept_and_what_lies_behind_the_picture_is_not() -> None:
    plain = saved("JPEG", icc_profile=b"profile", progressive=True)
    after = without_metadata(plain + saved("JPEG", comment=SECRET), MediaType.JPEG)
    assert after == plain


@pytest.mark.parametrize("kind", sorted(IMAGES))
def test_a_photo_cut_short_is_told_or_stays_what_can_be_seen_of_it(kind: MediaType) -> None:
    whole = photos()[kind]
    for end in range(12, len(whole) - 1, 7):
        try:
            after = without_metadata(whole[:end], kind)
        except NoPicture:
            continue
        assert SECRET not in after


@given(st.sampled_from(sorted(IMAGES)), st.binary(max_size=200))
def test_whatever_follows_a_beginning_is_a_picture_or_refused_as_none(
    kind: MediaType, tail: bytes
) -> None:
    with contextlib.suppress(NoPicture):
        assert len(without_metadata(photos()[kind][:14] + tail, kind)) > 0
