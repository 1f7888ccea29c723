"""What tests of stocktakes do over and over: a register, a start, scans."""

from typing import Any

from inventory.database import Database
from inventory.equipment.use_cases import RegisterUpload, import_register
from inventory.requirements.writing import write_rows
from tests.schools import WRITES, Schools

PATH = "/api/v1/stocktakes"
HEAD = ["asset_number", "item_zh", "quantity", "station_codes", "location", "status"]
REGISTER = [
    ["A-1", "绝缘电阻测试仪", "1", "BJ01-T", "101", "in_service"],
    ["A-2", "示波器", "1", "BJ01-T", "101", "in_service"],
    ["A-3", "绝缘手套", "10", "BJ01-T", "102", "under_repair"],
    ["A-4", "旧台架", "1", "BJ01-T", "102", "retired"],
    ["A-5", "借出的表", "1", "BJ01-T", "102", "lent_out"],
    ["A-6", "另一站的表", "1", "BJ01-E", "201", "in_service"],
]
FOREIGN = [["G-1", "外校的表", "1", "GX02-T", "1", "in_service"]]


def register(database: Database, organisation: str, rows: list[list[str]]) -> None:
    content = write_rows("r.csv", [HEAD, *rows])
    import_register(database, RegisterUpload("r.csv", content, organisation), who="test")


def furnish_registers(house: Schools) -> None:
    register(house.database, "BJ01", REGISTER)
    register(house.database, "GX02", FOREIGN)


def post(client: Any, path: str, body: object, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    answer = client.post(path, json=body, headers=WRITES)
    assert answer.status_code == status, answer.text
    return answer.json()


def started(house: Schools, **facts: object) -> str:
    """The path of a new stocktake of BJ01-T."""
    made = post(house.client("bj-master"), PATH, {"station": "BJ01-T"} | facts, 201)
    return f"{PATH}/{made['id']}"


def scan(number: int, code: str, minute: int = 0, **facts: object) -> dict[str, object]:
    at = f"2026-12-01T07:{minute:02}:00Z"
    return {"client_id": f"scan-{number:04}", "scanned_at": at, "code": code} | facts


def send(client: Any, path: str, *scans: dict[str, object], unsent: int = 0) -> list[str]:  # noqa: ANN401 - a client
    """Send scans and tell what became of each."""
    body = {"device_id": "phone-0001", "scans": scans, "unsent": unsent}
    return [one["outcome"] for one in post(client, f"{path}/scans", body)["scans"]]


def results(client: Any, path: str) -> dict[str, str]:  # noqa: ANN401 - a client
    rows = client.get(f"{path}/rows").json()["items"]
    return {one["asset_number"]: one["result"] for one in rows}
