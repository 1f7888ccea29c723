"""In which language a command prints."""

from enum import StrEnum


class Language(StrEnum):
    """Language of what is printed."""

    ZH = "zh"
    EN = "en"
