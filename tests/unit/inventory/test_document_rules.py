import pytest

from inventory.documents.rules import MAX_NAME, MediaType, media_type, shown_name


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", MediaType.PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", MediaType.JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00", MediaType.PNG),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", MediaType.WEBP),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", None),
        (b"<html><script>", None),
        (b" %PDF-1.7", None),
        (b"MZ\x90\x00", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_say(head: bytes, expected: MediaType | None) -> None:
    assert media_type(head) is expected


@pytest.mark.parametrize(
    ("given", "kind", "expected"),
    [
        ("校准证书 2026.pdf", MediaType.PDF, "校准证书 2026.pdf"),
        ("IMG_0001.JPEG", MediaType.JPEG, "IMG_0001.jpeg"),
        ("C:\\scans\\证书.pdf", MediaType.PDF, "证书.pdf"),
        ("../../etc/passwd", MediaType.PDF, "passwd.pdf"),
        ("bill.exe", MediaType.PDF, "bill.exe.pdf"),
        ("photo\u202egpj.exe", MediaType.PNG, "photogpj.exe.png"),
        ('a"b\r\nSet-Cookie: x.png', MediaType.PNG, "a_bSet-Cookie_ x.png"),
        ("", MediaType.WEBP, "document.webp"),
        (".pdf", MediaType.PDF, "pdf.pdf"),
    ],
)
def test_a_name_is_safe_to_save_under_and_ends_in_the_truth(
    given: str, kind: MediaType, expected: str
) -> None:
    assert shown_name(given, kind) == expected


def test_a_long_name_keeps_its_ending() -> None:
    name = shown_name("证" * 500 + ".pdf", MediaType.PDF)
    assert (len(name), name[-4:]) == (MAX_NAME, ".pdf")
