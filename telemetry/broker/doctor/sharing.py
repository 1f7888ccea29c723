"""Does a shared subscription deliver; some brokers grant it and never do."""

from collections import Counter

from telemetry.broker.doctor.desk import Desk
from telemetry.broker.doctor.findings import Sharing
from telemetry.broker.doctor.line import Line

MESSAGES = 60
FIRST_MESSAGE_S = 2.0


def probe_sharing(desk: Desk) -> Sharing:
    """Two members share a topic; then one leaves and the other gets everything."""
    with desk.pair() as (first, second):
        return share(first, second, f"{desk.root}/shared", f"doctor-{desk.run}")


def share(first: Line, second: Line, topic: str, group: str) -> Sharing:
    """Try a shared subscription with two open connections; the first one leaves the group."""
    shared = f"$share/{group}/{topic}"
    granted = [first.listen(shared), second.listen(shared)]
    if not all(granted):
        return Sharing(False, 0, 0, 0, 0, 0, 0)
    second.send_all(topic, [str(number).encode() for number in range(MESSAGES)])
    of_second = [heard.payload for heard in second.hear_all(MESSAGES, FIRST_MESSAGE_S / 2)]
    of_first = [heard.payload for heard in first.hear_all(MESSAGES, FIRST_MESSAGE_S / 2)]
    times = Counter(of_first + of_second)
    first.break_off()
    # until the broker has noticed, it may still send to the one that left
    second.hear(FIRST_MESSAGE_S / 4)
    second.send_all(topic, [f"after {number}".encode() for number in range(MESSAGES)])
    stayed = {heard.payload for heard in second.hear_all(MESSAGES, FIRST_MESSAGE_S / 2)}
    return Sharing(
        granted=True,
        sent=MESSAGES,
        by_first=len(set(of_first)),
        by_second=len(set(of_second)),
        repeated=sum(count - 1 for count in times.values()),
        sent_after=MESSAGES,
        stayed=len(stayed - set(of_second)),
    )
