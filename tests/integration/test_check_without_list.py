from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from inventory.requirements.use_cases import ListUpload, bundled_draft, import_list
from tests.schools import Schools, schools


@pytest.fixture
def house(school_url: str) -> Iterator[Schools]:
    with schools(school_url) as found:
        yield found


def test_without_any_list_stations_are_unknown_and_nothing_breaks(house: Schools) -> None:
    client = house.client("bj-master")
    matrix = client.get("/api/v1/readiness").json()
    cells = [cell for row in matrix["stations"] for cell in row["cells"]]
    assert {(cell["status"], cell["is_offered"]) for cell in cells} == {("unknown", True)}
    asked = {"module": "2-1", "level": "elementary"}
    code = matrix["stations"][0]["station"]
    one = client.get(f"/api/v1/stations/{code}/readiness", params=asked).json()
    assert (one["status"], one["findings"][0]["kind"]) == ("unknown", "no_list")
    assert (
        client.get(
            f"/api/v1/stations/{code}/readiness", params=asked | {"list": "NOPE"}
        ).status_code
        == 404
    )


def test_a_list_of_another_publisher_does_not_apply(house: Schools) -> None:
    draft = bundled_draft()
    upload = ListUpload(draft.name, draft.content, organisation_code="EVAL")
    import_list(house.database, upload, who="test", now=datetime(2026, 11, 22, tzinfo=UTC))

    def versions(username: str) -> set[str]:
        matrix = house.client(username).get("/api/v1/readiness").json()
        return {row["list_version"] for row in matrix["stations"]}

    assert versions("bj-master") == {"DRAFT-0.1"}
    assert versions("gx-master") == {""}
