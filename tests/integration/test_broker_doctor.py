"""The examination against real brokers: one as we start it, one badly set up, and amqtt."""

import getpass
import json
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stationmaster.__main__ import command_line
from telemetry.broker.access import (
    EXAMINATION_PREFIX,
    EXAMINED_BENCH,
    EXAMINERS,
    INGEST_USER,
    mosquitto_passwords,
)
from telemetry.broker.doctor.desk import Seats
from telemetry.broker.doctor.examination import examine
from telemetry.broker.doctor.findings import Check
from telemetry.broker.doctor.line import Line
from telemetry.broker.doctor.verdicts import Grade, Verdict
from telemetry.broker.embedded import BrokerProgram, EmbeddedBroker, find_mosquitto
from telemetry.contract import topics
from telemetry.contract.broker_address import BrokerAddress
from tests.ports import a_free_port
from tests.rig import RunningBroker, start_broker

Verdicts = Mapping[Check, Verdict]


def badly_set_up(folder: Path, port: int) -> RunningBroker:
    """Mosquitto with accounts but no access list, short queues and a small largest message."""
    passwords = {EXAMINERS[0]: "one", EXAMINED_BENCH: "two"}
    folder.mkdir()
    (folder / "passwords").write_text(mosquitto_passwords(passwords), "utf-8")
    lines = (
        f"listener {port} 127.0.0.1",
        "allow_anonymous true",
        f"password_file {folder / 'passwords'}",
        "max_queued_messages 100",
        "message_size_limit 65536",
        *([] if sys.platform == "win32" else [f"user {getpass.getuser()}"]),
    )
    (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n", "utf-8")
    command = [str(find_mosquitto()), "-c", str(folder / "mosquitto.conf")]
    return RunningBroker(
        EmbeddedBroker(BrokerProgram.MOSQUITTO, command, "127.0.0.1", port), passwords
    )


def address(broker: RunningBroker, user: str) -> BrokerAddress:
    return BrokerAddress.of_user("127.0.0.1", broker.port, user, broker.passwords[user])


def seats(broker: RunningBroker) -> Seats:
    second = EXAMINERS[1] if EXAMINERS[1] in broker.passwords else None
    return Seats(
        address(broker, EXAMINERS[0]),
        None if second is None else address(broker, second),
        address(broker, EXAMINED_BENCH),
    )


def verdicts(broker: RunningBroker, checks: tuple[Check, ...] = tuple(Check)) -> Verdicts:
    return {verdict.check: verdict for verdict in examine(seats(broker), checks)}


class Examined:
    """Three brokers examined at the same time, with a bench and ingest at work at the first."""

    def __init__(self, folder: Path, ending: ExitStack) -> None:
        self.ours = start_broker(folder, a_free_port(), "mosquitto")
        ending.callback(self.ours.stop)
        self.bad = badly_set_up(folder / "bad", a_free_port())
        ending.callback(self.bad.stop)
        self.amqtt = start_broker(folder, a_free_port(), "amqtt")
        ending.callback(self.amqtt.stop)
        self.bench = Line(address(self.ours, "battery-01"))
        self.ingest = Line(address(self.ours, INGEST_USER))
        ending.enter_context(self.bench)
        ending.enter_context(self.ingest)
        self.bench.listen(topics.ack("battery-01"))
        self.ingest.listen(topics.up_filter())
        # amqtt never sends the will of a client that fell silent; waiting for that takes 15 s
        others = tuple(check for check in Check if check is not Check.WILL)
        with ThreadPoolExecutor(3) as threads:
            ours = threads.submit(verdicts, self.ours)
            bad = threads.submit(verdicts, self.bad, others)
            amqtt = threads.submit(verdicts, self.amqtt, others)
            self.of_ours, self.of_bad, self.of_amqtt = ours.result(), bad.result(), amqtt.result()


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examined]:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")
    with ExitStack() as ending:
        yield Examined(tmp_path_factory.mktemp("doctor"), ending)


def test_the_broker_as_we_start_it_is_good_in_every_check(examined: Examined) -> None:
    grades = {check: verdict.grade for check, verdict in examined.of_ours.items()}
    assert grades.pop(Check.RESTART) is Grade.UNKNOWN
    assert set(grades) == set(Check) - {Check.RESTART}
    assert {check for check, grade in grades.items() if grade is not Grade.GOOD} == set()


def test_benches_and_ingest_at_work_notice_nothing(examined: Examined) -> None:
    assert not examined.bench.lost.is_set()
    assert not examined.ingest.lost.is_set()
    assert examined.bench.heard.empty()
    assert examined.ingest.heard.empty()


def test_nothing_is_left_behind(examined: Examined) -> None:
    with Line(address(examined.ours, EXAMINERS[0])) as late:
        assert late.listen(f"{EXAMINATION_PREFIX}/#")
        assert late.hear(0.5) is None


@pytest.mark.parametrize(
    ("check", "grade", "words"),
    [
        (Check.DOORS, Grade.BAD, "clients without a name are let in"),
        (Check.SEPARATION, Grade.BAD, "speaks for another bench, forges acknowledgements, hears"),
        (Check.TAKE_OVER, Grade.WEAK, "can take a client id over"),
        (Check.OFFLINE_QUEUE, Grade.WEAK, "501 sent while away, 501 acknowledged, 1"),
        (Check.IN_FLIGHT, Grade.WEAK, "20 messages before"),
        (Check.PAYLOAD, Grade.BAD, "up to about 6"),
        (Check.SHARING, Grade.GOOD, "then 60 of 60"),
        (Check.ROUND_TRIP, Grade.GOOD, "30 of 30"),
    ],
)
def test_what_is_badly_set_up_is_found(
    examined: Examined, check: Check, grade: Grade, words: str
) -> None:
    verdict = examined.of_bad[check]
    assert (verdict.grade, words in verdict.measured.en) == (grade, True), verdict
    assert grade is Grade.GOOD or verdict.remedy.zh


def test_amqtt_grants_shared_subscriptions_and_never_delivers(examined: Examined) -> None:
    assert examined.of_amqtt[Check.SHARING].grade is Grade.WEAK
    assert "never delivers" in examined.of_amqtt[Check.SHARING].meaning.en


def test_amqtt_keeps_benches_apart_and_speaks_3_1_1_only(examined: Examined) -> None:
    assert examined.of_amqtt[Check.CONNECTING].measured.en.startswith("MQTT 3.1.1,")
    for check in (Check.SEPARATION, Check.TAKE_OVER, Check.DOORS, Check.ROUND_TRIP, Check.PAYLOAD):
        assert examined.of_amqtt[check].grade is Grade.GOOD, examined.of_amqtt[check]


def doctor(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(command_line(["broker"]), ["broker", "doctor", *words])
    return result.exit_code, result.output


def test_the_command_prints_both_languages_and_ends_with_1_where_something_is_bad(
    examined: Examined, tmp_path: Path
) -> None:
    passwords = tmp_path / "passwords.json"
    passwords.write_text(json.dumps(examined.bad.passwords), "utf-8")
    options = ["--user", EXAMINERS[0], "--password-file", str(passwords), "--check", "doors"]
    url = f"mqtt://127.0.0.1:{examined.bad.port}"
    code, chinese = doctor(url, *options)
    assert (code, "[不合格] 登录" in chinese, "→ 关闭匿名登录" in chinese) == (1, True, True)
    code, english = doctor(url, *options, "--language", "en")
    assert (code, "[BAD] who is let in" in english) == (1, True)
    code, machine = doctor(url, *options, "--json")
    found = {one["check"]: one for one in json.loads(machine)}
    assert (code, found["doors"]["grade"], bool(found["doors"]["remedy"]["zh"])) == (1, "bad", True)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("http://broker",), "expected mqtt://"),
        (("mqtt://me:secret@broker",), "--password-file"),
        (("mqtt://127.0.0.1:1", "--user", "somebody"), "no password for user 'somebody'"),
        (("mqtt://127.0.0.1:1",), "127.0.0.1:1: "),
        (("mqtt://127.0.0.1:1", "--password-file", "absent.json"), "absent.json"),
    ],
)
def test_the_command_says_what_it_cannot_use(words: tuple[str, ...], reason: str) -> None:
    code, output = doctor(*words)
    assert (code, reason in output) == (2, True), output


def test_bench_codes_after_the_word_broker_still_mean_to_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATIONMASTER_VAR", str(tmp_path))
    monkeypatch.setenv("STATIONMASTER_BROKER_PROGRAM", "carrier-pigeon")
    result = CliRunner().invoke(command_line(["broker"]), ["broker", "battery-01"])
    assert (result.exit_code, "expected mosquitto or amqtt" in result.output) == (2, True)
    assert "battery-01" in json.loads((tmp_path / "broker" / "credentials.json").read_text())
