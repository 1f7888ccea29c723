"""Are benches kept apart: what a bench's user can say and hear of another bench.

The topics lie one level where neither ingest nor bridges listen, so that nobody at work takes an
attempt for data or for an acknowledgement.
"""

from telemetry.broker.access import EXAMINATION_LEVEL
from telemetry.broker.doctor.desk import QUIET_S, Desk
from telemetry.broker.doctor.findings import Separation
from telemetry.broker.doctor.line import Heard, Line
from telemetry.contract import topics


def probe_separation(desk: Desk) -> Separation:
    """Try everything a bench must not do, beside what it must be able to do."""
    bench = desk.as_bench()
    own, other = bench.user, f"doctor-{desk.run}"
    with (
        Line(desk.as_first(), desk.manner()) as keeper,
        Line(bench, desk.manner()) as tried,
    ):
        keeper.listen(_up("+", "#"))
        keeper.listen(_down("+"))
        for topic_filter in (_down(own), _down(other), f"{topics.PREFIX}/#"):
            tried.listen(topic_filter)
        tried.send(_up(own, desk.run), b"own")
        denied = tried.send(_up(other, desk.run), b"other")
        tried.send(_down(other), b"forged")
        keeper.send(_down(own), b"to own")
        keeper.send(_down(other), b"to other")
        kept, overheard = _all_of(keeper), _all_of(tried)
    said = {(heard.topic, heard.payload) for heard in kept}
    return Separation(
        own_up=(_up(own, desk.run), b"own") in said,
        own_down=any((one.topic, one.payload) == (_down(own), b"to own") for one in overheard),
        speaks_for_other=(_up(other, desk.run), b"other") in said,
        forges_acknowledgement=(_down(other), b"forged") in said,
        hears_other=any(_is_of_another(heard, own) for heard in overheard),
        denial_is_acknowledged=denied,
    )


def _up(bench: str, last: str) -> str:
    return f"{topics.PREFIX}/{bench}/up/{EXAMINATION_LEVEL}/{last}"


def _down(bench: str) -> str:
    return f"{topics.PREFIX}/{bench}/down/{EXAMINATION_LEVEL}"


def _is_of_another(heard: Heard, own: str) -> bool:
    return not heard.topic.startswith(f"{topics.PREFIX}/{own}/")


def _all_of(line: Line) -> list[Heard]:
    # where benches are at work and not kept apart, messages never end
    most = 200
    return line.hear_all(most, QUIET_S)
