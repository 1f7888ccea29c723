"""Reading and writing the files a user names, with refusals in plain words."""

from pathlib import Path

from inventory.requirements.unreadable import MAX_BYTES, UnreadableFile


def read_file(path: Path) -> bytes:
    """A file's content.

    Raises:
        UnreadableFile: it is not there, may not be read, or is too large.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            megabytes = MAX_BYTES // 1024 // 1024
            raise UnreadableFile(f"{path}：最多 {megabytes} MB", f"{path}: at most {megabytes} MB")
        return path.read_bytes()
    except OSError as refused:
        reason = refused.strerror or ""
        raise UnreadableFile(
            f"无法读取 {path}：{reason}", f"can't read {path}: {reason}"
        ) from refused


def write_file(path: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        UnreadableFile: it can't be written.
    """
    try:
        path.write_bytes(content)
    except OSError as refused:
        reason = refused.strerror or ""
        raise UnreadableFile(
            f"无法写入 {path}：{reason}", f"can't write {path}: {reason}"
        ) from refused
