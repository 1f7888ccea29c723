"""Readiness for the command line: from the database with live evidence, or from files alone."""

import tomllib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import ValidationError

from inventory.accounts.rules import Principal, Role
from inventory.equipment.reading import read_register
from inventory.errors import Invalid, UnknownStation
from inventory.moments import today
from inventory.readiness.findings import Question
from inventory.readiness.preparing import ReadinessMemory
from inventory.readiness.rules import paper_case
from inventory.readiness.use_cases import Asked, CheckGround, ReadinessDesk
from inventory.requirements.errors import RowsRefused
from inventory.requirements.reading import read_list
from inventory.requirements.rules import MODULE_CODE
from inventory.requirements.use_cases import draft_settings
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationFacts
from inventory.stations.table import Station
from stationmaster.evidence import StoredLiveBenches
from stationmaster.files import read_file
from stationmaster.opening import house_database
from stationmaster.settings import Settings
from stationmaster.stores import open_reader


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """A question about a station in the database, or about files where both are given.

    `stated` facts go before those of `facts_file`; facts are for files only.
    """

    module: str
    level: Level
    use: StationUse | None
    on_date: date | None
    station: str = ""
    list_file: Path | None = None
    register_file: Path | None = None
    facts_file: Path | None = None
    stated: Mapping[str, int] = field(default_factory=dict)


def ground_of(request: CheckRequest) -> CheckGround:
    """Everything the answer to a request rests on.

    Raises:
        InventoryError: something asked for is not known, not readable or not acceptable.
    """
    match = MODULE_CODE.fullmatch(request.module)
    if match is None or match["module"] == "*":
        raise Invalid("--module", "a module code such as 2-1")
    if request.list_file is not None and request.register_file is not None:
        return _check_files(request, request.list_file, request.register_file)
    if request.list_file is not None or request.register_file is not None:
        raise Invalid("--list, --register", "both files")
    if not request.station or request.facts_file is not None or request.stated:
        raise Invalid("--station", "a station code, or --list and --register with facts")
    return _check_station(request)


def _check_station(request: CheckRequest) -> CheckGround:
    """Look at a station as its own administrator would, with live evidence."""
    settings = Settings()
    with house_database(settings) as database, closing(open_reader(settings)) as reader:
        with database.read() as db:
            found = db.get(Station, request.station)
        if found is None:
            raise UnknownStation(request.station)
        operator = Principal(0, "cli", Role.ADMINISTRATOR, found.organisation_code)
        desk = ReadinessDesk(database, StoredLiveBenches(reader), ReadinessMemory())
        asked = Asked(request.module, request.level, request.use, request.on_date)
        now = datetime.now(UTC)
        return desk.ground(operator, request.station, asked, now, has_elsewhere=True)


def _check_files(request: CheckRequest, list_file: Path, register_file: Path) -> CheckGround:
    """Hold a list file against a register file; nobody looks at live benches."""
    reading = read_list(list_file.name, read_file(list_file))
    register = read_register(register_file.name, read_file(register_file))
    for problems in (reading.problems, register.problems):
        if problems:
            raise RowsRefused(problems)
    items = [item for item in register.items if _counts_for(item.station_codes, request.station)]
    question = Question(
        request.module,
        request.level,
        request.use or StationUse.EXAM,
        request.on_date or today(datetime.now(UTC)),
    )
    facts = _facts(request)
    settings = draft_settings(reading)
    case = paper_case(reading.requirements, items, facts, settings, question.on_date)
    counted = {item.asset_number for item in items}
    elsewhere = tuple(item for item in register.items if item.asset_number not in counted)
    return CheckGround(case, question, None, elsewhere)


def _counts_for(station_codes: tuple[str, ...], station: str) -> bool:
    return not station or not station_codes or station in station_codes


def _facts(request: CheckRequest) -> StationFacts:
    told: dict[str, object] = {}
    if request.facts_file is not None:
        try:
            told = tomllib.loads(read_file(request.facts_file).decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as bad:
            raise Invalid("--facts", f"a TOML file ({bad})") from bad
    unknown = set(told) - set(StationFacts.model_fields)
    if unknown:
        known = ", ".join(StationFacts.model_fields)
        raise Invalid(f"--facts {', '.join(sorted(unknown))}", f"one of {known}")
    try:
        return StationFacts.model_validate(told | dict(request.stated))
    except ValidationError as bad:
        first = bad.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(place, str(first["msg"])) from bad
