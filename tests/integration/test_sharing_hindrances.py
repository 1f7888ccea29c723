"""The owner of an offer is told why it is never free; others don't see what is gone."""

from pathlib import Path
from typing import Any

from inventory.equipment.rules import EquipmentStatus
from inventory.equipment.table import Equipment
from tests.databases import Databases
from tests.schools import WRITES, schools

OWN = "/api/v1/sharing/own-offers"
SATURDAYS = [{"weekday": 5, "opens": "08:00", "closes": "17:00"}]
OFFER: dict[str, Any] = {
    "station_code": "BJ01-T",
    "title_zh": "动力电池台架",
    "resources": ["bench:BJ01/battery-01"],
    "hours": SATURDAYS,
}


def test_an_offer_on_closed_days_or_of_scrapped_things_says_so(
    databases: Databases, tmp_path: Path
) -> None:
    with databases.fresh("sqlite", "furnished", tmp_path) as url, schools(url) as house:
        master = house.client("bj-master")
        made = master.post(OWN, json=OFFER, headers=WRITES).json()
        assert [one["kind"] for one in made["hindrances"]] == ["school_closed", "never_free"]
        path = f"{OWN}/{made['id']}"
        published = master.post(f"{path}/publication", headers=WRITES).json()
        assert "校历" in published["hindrances"][0]["zh"]
        assert "周六" in published["hindrances"][0]["zh"]
        weekdays = [SATURDAYS[0] | {"weekday": 2}]
        mended = master.put(path, json=OFFER | {"hours": weekdays}, headers=WRITES).json()
        assert mended["hindrances"] == []
        public = house.client().get("/open-sharing.json").json()
        assert "动力电池台架" in str(public)
        with house.database.begin() as db:
            db.add(
                Equipment(
                    organisation_code="BJ01",
                    asset_number="A1",
                    item_zh="台架",
                    bench_code="battery-01",
                    status=EquipmentStatus.RETIRED,
                )
            )
        assert [one["kind"] for one in master.get(path).json()["hindrances"]] == ["things_gone"]
        offers = house.client("gx-master").get("/api/v1/sharing/offers").json()["items"]
        assert offers == []
        assert house.client("gx-master").get(path).status_code == 404
