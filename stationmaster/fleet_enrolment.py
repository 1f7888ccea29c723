"""Makes a house ready for a fleet of simulated benches: registered, with accounts at the broker."""

from sqlmodel import select

from inventory.benches.schema import BenchFields
from inventory.benches.table import Bench
from inventory.benches.use_cases import create_bench
from stationmaster.bench_hosting import fleet_requests
from stationmaster.cli_accounts import opened_database, operator
from stationmaster.settings import Settings
from telemetry.broker.access import INGEST_USER, read_or_make_passwords


def enrol(settings: Settings, organisation: str, benches: int) -> int:
    """Register those benches of the fleet that are not yet, and return how many that were.

    Their passwords go where the embedded broker and `sim fleet` look for them; a broker that runs
    already knows them after its next start.
    """
    requests = fleet_requests(benches)
    settings.make_var()
    with opened_database() as database:
        with database.read() as db:
            known = set(db.exec(select(Bench.code)).all())
        new = [request for request in requests if request.bench not in known]
        for request in new:
            fields = {
                "code": request.bench,
                "organisation_code": organisation,
                "profile": request.kind.value,
                "name_zh": f"模拟台架 {request.bench}",
                "name_en": f"Simulated bench {request.bench}",
            }
            create_bench(database, BenchFields.model_validate(fields), who=operator())
    codes = [request.bench for request in requests]
    read_or_make_passwords(settings.credentials_path, [INGEST_USER, *codes])
    return len(new)
