from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.contract import topics
from telemetry.contract.delivery import ACK_DELIVERY
from telemetry.ingest.packets import NotMqtt, Published, puback, publish, split

TOPIC = topics.up("battery-01", topics.Stream.SAMPLES)
PINGRESP = b"\xd0\x00"
SUBACK = b"\x90\x03\x00\x07\x01"


def delivered(message: Published, *, is_5: bool, properties: bytes = b"") -> bytes:
    """As a broker sends it."""
    name = message.topic.encode()
    body = len(name).to_bytes(2) + name
    if message.qos:
        body += message.mid.to_bytes(2)
    if is_5:
        assert len(properties) < 128
        body += bytes([len(properties)]) + properties
    body += message.payload
    first, length, digits = 0x30 | message.qos << 1 | message.is_retained, len(body), b""
    while length > 127:
        digits, length = digits + bytes([length & 127 | 128]), length >> 7
    return bytes([first]) + digits + bytes([length]) + body


messages = st.builds(
    Published,
    topic=st.sampled_from([TOPIC, "电池"]),
    payload=st.binary(max_size=20) | st.sampled_from([b"x" * 127, b"y" * 300]),
    mid=st.integers(1, 65_535),
    qos=st.just(1),
    is_retained=st.booleans(),
) | st.just(Published("a", b"none", 0, 0, is_retained=False))


@given(
    sent=st.lists(messages | st.sampled_from([PINGRESP, SUBACK]), max_size=6),
    is_5=st.booleans(),
    properties=st.binary(max_size=9),
    cuts=st.lists(st.integers(0, 100_000), max_size=4),
)
def test_what_a_broker_sends_is_found_wherever_it_is_cut(
    sent: list[Published | bytes], is_5: bool, properties: bytes, cuts: list[int]
) -> None:
    stream = b"".join(
        one if isinstance(one, bytes) else delivered(one, is_5=is_5, properties=properties)
        for one in sent
    )
    found: list[Published] = []
    others = begun = b""
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    for start, end in pairwise(places):
        came, more, begun = split(begun + stream[start:end], is_5=is_5)
        found += came
        others += more
    assert found == [one for one in sent if isinstance(one, Published)]
    assert others == b"".join(one for one in sent if isinstance(one, bytes))
    assert begun == b""


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"\x30\xff\xff\xff\xff\x01", "length of at most four bytes"),
        (b"\x34\x05\x00\x01a\x00\x01", "QoS 0 or 1"),
        (b"\x32\x01\x00" + PINGRESP, "topic"),
        (b"\x32\x03\x00\x01a", "number"),
        (b"\x32\x04\x00\x09ab" + PINGRESP * 9, "within the message"),
        (b"\x30\x04\x00\x02\xff\xfe", "UTF-8"),
    ],
)
def test_what_is_no_message_is_refused_with_what_was_expected(sent: bytes, told: str) -> None:
    with pytest.raises(NotMqtt, match=told):
        split(sent, is_5=False)


def test_properties_that_reach_beyond_their_message_are_refused() -> None:
    with pytest.raises(NotMqtt, match="properties"):
        split(b"\x32\x06\x00\x01a\x00\x01\x05" + PINGRESP * 9, is_5=True)


@pytest.mark.parametrize("is_5", [False, True])
@pytest.mark.parametrize("payload", [b"{}", b"x" * 200, b"x" * 20_000])
def test_what_is_published_reads_as_a_message_of_the_contracts_delivery(
    payload: bytes, is_5: bool
) -> None:
    found, others, begun = split(publish(TOPIC, payload, is_5=is_5), is_5=is_5)
    assert found == [
        Published(TOPIC, payload, 0, ACK_DELIVERY.qos, is_retained=ACK_DELIVERY.is_retained)
    ]
    assert (others, begun) == (b"", b"")


def test_an_acknowledgement_names_its_message() -> None:
    assert puback(0x1234) == b"\x40\x02\x12\x34"
