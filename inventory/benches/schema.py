"""Each field of a bench, spelled once."""

from typing import Annotated

from pydantic import StringConstraints
from sqlmodel import Field, SQLModel

from inventory.organisations.schema import Code, Name
from telemetry.contract.topics import BENCH_CODE

BenchCode = Annotated[str, StringConstraints(pattern=f"^(?:{BENCH_CODE.pattern})$", max_length=32)]


class BenchFields(SQLModel):
    """What is said of a bench.

    `profile` is the name of its bench profile such as `battery`. An open fault of at least
    `blocking_severity` (1-3, GB/T 32960 alarm levels), or silence longer than `silence_limit_s`,
    takes it out of working order.
    """

    code: BenchCode
    organisation_code: Code
    station_code: Code | None = None
    profile: str = Field(max_length=64)
    name_zh: Name
    name_en: str = Field(default="", max_length=120)
    is_shared: bool = False
    blocking_severity: int = Field(default=2, ge=1, le=3)
    silence_limit_s: int = Field(default=86_400, ge=10, le=31_536_000)
