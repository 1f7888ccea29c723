"""A house that is sent every hostile file; prints what came of each as a line of JSON.

Run as a process of its own, whose memory it limits: `python -m tests.hostile_child URL BYTES`.
"""

import json
import resource
import sys
import time

from sqlalchemy import func
from sqlmodel import select

from inventory.equipment.table import Equipment
from inventory.requirements.table import RequirementList, RequirementRow
from tests.hostile_files import LIST, REGISTER, hostile_files
from tests.schools import WRITES, Schools, schools


def stored(house: Schools) -> list[int]:
    """How many rows of everything that imports write."""
    with house.database.read() as db:
        return [
            db.exec(select(func.count()).select_from(table)).one()
            for table in (RequirementList, RequirementRow, Equipment)
        ]


def main(url: str, limit_bytes: int) -> None:
    """Send all files, each kind by an account that may."""
    resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, limit_bytes))
    with schools(url) as house:
        for kind, who, path in (
            (LIST, "evaluator", "/api/v1/lists"),
            (REGISTER, "bj-master", "/api/v1/equipment"),
        ):
            client = house.client(who)
            for number, (name, file) in enumerate(hostile_files(kind)):
                before, started = stored(house), time.process_time()
                sent = {"file": (file.name, file.content)}
                told = {"version": f"H-{number}"} if kind is LIST else {}
                answer = client.post(path, files=sent, data=told, headers=WRITES)
                took = time.process_time() - started
                body = answer.json()
                line = {
                    "case": f"{kind.name}: {name}",
                    "expected": file.outcome,
                    "status": answer.status_code,
                    "seconds": took,
                    "answer": answer.text[:2000],
                    "detail": body.get("detail", ""),
                    "passed_over": body.get("passed_over", []),
                    "is_stored": stored(house) != before,
                    "alive": client.get("/api/v1/me").status_code,
                }
                print(json.dumps(line), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
