import pytest

from device_sims.uds_server import SimulatedEcu, answer

DIDS = SimulatedEcu.of_bench("battery-01").dids()
DTCS = {bytes.fromhex("0AA600"): 0x2F, bytes.fromhex("0A7E00"): 0x20}


def test_the_identity_says_simulator() -> None:
    vin = answer(bytes.fromhex("22F190"), DIDS, {})
    assert vin is not None
    assert vin[:3] == bytes.fromhex("62F190")
    assert vin[3:6] == b"SIM"
    assert len(vin) == 3 + 17
    assert answer(bytes.fromhex("22F195"), DIDS, {}) == bytes.fromhex("62F195") + b"SIMULATOR"


@pytest.mark.parametrize(
    ("request_hex", "reply_hex"),
    [
        ("1001", "5001003201F4"),
        ("3E00", "7E00"),
        ("1902FF", "5902FF0AA6002F0A7E0020"),
        ("190201", "5902FF0AA6002F"),
        ("1003", "7F1012"),
        ("221234", "7F2231"),
        ("22F1", "7F2213"),
        ("1901FF", "7F1912"),
        ("2EF19000", "7F2E11"),
        ("1101", "7F1111"),
    ],
)
def test_it_can_be_read_and_nothing_else(request_hex: str, reply_hex: str) -> None:
    assert answer(bytes.fromhex(request_hex), DIDS, DTCS) == bytes.fromhex(reply_hex)


def test_a_suppressed_answer_is_none() -> None:
    assert answer(bytes.fromhex("3E80"), DIDS, {}) is None
