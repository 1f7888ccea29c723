"""All checks in order, each with its verdict; what can't be examined is said, not left out."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from telemetry.broker.doctor import carrying, verdicts, verdicts_access
from telemetry.broker.doctor.connecting import probe_connecting, probe_doors, probe_take_over
from telemetry.broker.doctor.desk import Desk, NotExamined, Seats
from telemetry.broker.doctor.findings import Check
from telemetry.broker.doctor.line import NotAccepted
from telemetry.broker.doctor.separating import probe_separation
from telemetry.broker.doctor.sharing import probe_sharing
from telemetry.broker.doctor.verdicts import Grade, Verdict, Words

_Step = tuple[Callable[[Desk], Any], Callable[[Any], Verdict]]

_STEPS: dict[Check, _Step] = {
    Check.DOORS: (probe_doors, verdicts_access.of_doors),
    Check.ROUND_TRIP: (carrying.probe_round_trip, verdicts.of_round_trip),
    Check.RETAINED: (carrying.probe_retained, verdicts.of_retained),
    Check.WILL: (carrying.probe_will, verdicts.of_will),
    Check.OFFLINE_QUEUE: (carrying.probe_offline_queue, verdicts.of_offline_queue),
    Check.SHARING: (probe_sharing, verdicts_access.of_sharing),
    Check.SEPARATION: (probe_separation, verdicts_access.of_separation),
    Check.TAKE_OVER: (probe_take_over, verdicts_access.of_take_over),
    Check.PAYLOAD: (carrying.probe_payload, verdicts.of_payload),
    Check.IN_FLIGHT: (carrying.probe_in_flight, verdicts.of_in_flight),
}


def examine(seats: Seats, checks: Collection[Check] = tuple(Check)) -> Iterator[Verdict]:
    """Examine a broker and hand out each verdict as soon as it is known.

    Connections and topics are the examination's own; retained messages and sessions it makes are
    taken away again.

    Raises:
        NotAccepted: the first user is not let in at all.
    """
    desk = Desk(seats)
    connecting = verdicts_access.of_connecting(probe_connecting(desk))
    if Check.CONNECTING in checks:
        yield connecting
    for check, (probe, judge) in _STEPS.items():
        if check in checks:
            yield _verdict(desk, check, probe, judge)
    if Check.RESTART in checks:
        yield verdicts.of_restart()


def _verdict(
    desk: Desk, check: Check, probe: Callable[[Desk], Any], judge: Callable[[Any], Verdict]
) -> Verdict:
    try:
        return judge(probe(desk))
    except NotExamined as missing:
        return Verdict(
            check, Grade.UNKNOWN, Words("未检查", "not examined"), Words(missing.zh, missing.en)
        )
    except NotAccepted as refused:
        return Verdict(
            check,
            Grade.UNKNOWN,
            Words("检查中连接被拒绝", "a connection of the check was refused"),
            Words(str(refused), str(refused)),
        )
