"""What every file that comes in is held to, and what is said of one that is not fit to be read."""

from inventory.errors import InventoryError

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 10_000
MAX_ZIP_ENTRIES = 1_000
MAX_UNZIPPED_BYTES = 60 * 1024 * 1024
MAX_ZIP_RATIO = 200
"""A spreadsheet's XML shrinks to about a tenth; a part above this ratio is a bomb."""


class UnreadableFile(InventoryError):
    """The file as a whole can't be read; both texts say what was expected."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def too_many_rows() -> UnreadableFile:
    """What is said of a file that is too long."""
    return UnreadableFile(f"行数过多：最多 {MAX_ROWS}", f"too many rows: at most {MAX_ROWS}")


def cell_too_long(number: int) -> UnreadableFile:
    """What is said of a file with a cell that holds a book."""
    return UnreadableFile(
        f"第 {number} 行有超过 {MAX_CELL_CHARACTERS} 字符的单元格",
        f"row {number} has a cell of more than {MAX_CELL_CHARACTERS} characters",
    )
