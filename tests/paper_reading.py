"""Papers read back by other programs than those that made them."""

import io
import subprocess
from pathlib import Path

import docx
import openpyxl
import pypdfium2


def tables_of_word(content: bytes) -> list[list[list[str]]]:
    book = docx.Document(io.BytesIO(content))
    return [[[cell.text for cell in row.cells] for row in one.rows] for one in book.tables]


def rows_of_sheet(content: bytes) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [
        ["" if value is None else str(value) for value in row]
        for row in sheet.iter_rows(values_only=True)
    ]


def pages_of_pdf(content: bytes | Path) -> list[str]:
    """The text of each page without blanks, which are where lines end."""
    book = pypdfium2.PdfDocument(content)
    pages = []
    for page in book:
        text = page.get_textpage()
        pages.append(without_blanks(text.get_text_bounded()))
        text.close()
        page.close()
    book.close()
    return pages


def without_blanks(text: str) -> str:
    return "".join(text.split())


def opened_in_libreoffice(program: str, files: list[Path], folder: Path) -> list[str]:
    """What LibreOffice shows of each file, as text without blanks."""
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", "pdf", "--outdir", str(folder)),
            *map(str, files),
        ],
        check=True,
        capture_output=True,
        timeout=100,
    )
    # each writes <name>.pdf, so the names differ
    return ["".join(pages_of_pdf(folder / f"{one.stem}.pdf")) for one in files]
