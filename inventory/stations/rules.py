"""What stations are used for."""

from enum import StrEnum


class StationUse(StrEnum):
    """Training station 培训站 or exam station 考核站."""

    TRAINING = "training"
    EXAM = "exam"


class Level(StrEnum):
    """Level of the certificate: 初级, 中级, 高级."""

    ELEMENTARY = "elementary"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


MODULES = ("2-1", "2-2", "2-3", "2-4", "2-5")
"""Modules of the certificate 智能新能源汽车."""
