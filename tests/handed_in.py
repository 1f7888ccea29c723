"""Documents that tests hand in."""

from fastapi.testclient import TestClient

from tests.schools import WRITES


def handed_in(client: TestClient, words: str, organisation: str = "BJ01") -> str:
    """The id of a paper that says something."""
    files = {"file": ("paper.pdf", b"%PDF-1.7 " + words.encode())}
    form = {"organisation": organisation}
    answer = client.post("/api/v1/documents", files=files, data=form, headers=WRITES)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
