import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.contract import topics
from telemetry.contract.encoding import MAX_PAYLOAD_BYTES, BadPayload, decode, decode_ack, encode
from telemetry.contract.payloads import Ack, Samples
from telemetry.downsampling import downsample
from telemetry.ingest.decoding import add
from telemetry.store.port import Batch
from telemetry.watermarks import Received, advance


@given(st.permutations(list(range(1, 21))), st.integers(1, 20))
def test_the_watermark_is_the_first_gap_in_any_order(order: list[int], missing: int) -> None:
    received = Received()
    for seq in order:
        if seq != missing:
            received = advance(received, [(seq, seq)])
    assert received.watermark == missing - 1
    assert advance(received, [(missing, missing)]) == Received(20, ())


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), max_size=30))
def test_a_watermark_never_goes_back_and_repeats_change_nothing(
    pairs: list[tuple[int, int]],
) -> None:
    spans = [(first, first + length) for first, length in pairs]
    received = Received()
    for span in spans:
        after = advance(received, [span])
        assert after.watermark >= received.watermark
        received = after
    assert advance(received, spans) == received == advance(Received(), spans)


@given(st.lists(st.tuples(st.integers(0, 999), st.floats(-1e6, 1e6)), min_size=1))
def test_downsampling_keeps_every_extreme(rows: list[tuple[int, float]]) -> None:
    window = downsample([(at, {"u": value}) for at, value in rows], (0, 1000), 7)
    points = window.series["u"]
    assert len(points) <= 7
    assert min(p.minimum for p in points if p.minimum is not None) == min(v for _, v in rows)
    assert max(p.maximum for p in points if p.maximum is not None) == max(v for _, v in rows)
    assert sum(p.count for p in points) == len(rows)


def test_an_empty_span_is_refused() -> None:
    with pytest.raises(ValueError, match="start < end"):
        downsample([], (5, 5), 10)


@given(st.sampled_from(list(topics.Stream)), st.from_regex(topics.BENCH_CODE, fullmatch=True))
def test_topics_read_back_as_they_were_spelled(stream: topics.Stream, bench: str) -> None:
    assert topics.parse_up(topics.up(bench, stream)) == topics.UpTopic(bench, stream)


@pytest.mark.parametrize(
    "topic",
    [
        "stationmaster/v1/Battery/up/state",
        "stationmaster/v1/b/up/other",
        "stationmaster/v2/b/up/state",
        "stationmaster/v1/b/down/ack",
        "stationmaster/v1/b/up/state/more",
    ],
)
def test_a_foreign_topic_is_refused_by_name(topic: str) -> None:
    with pytest.raises(topics.NotABenchTopic, match=topic):
        topics.parse_up(topic)


def test_a_payload_survives_the_wire_and_unknown_fields_are_ignored() -> None:
    sample = Samples(observed_at_ms=1, epoch=2, seq=3, values={"u": 1.5, "on": True, "x": None})
    assert decode(topics.Stream.SAMPLES, encode(sample)) == sample
    newer = encode(sample)[:-1] + b',"later":1}'
    assert decode(topics.Stream.SAMPLES, newer) == sample
    assert decode_ack(encode(Ack(epoch=5, seq=0))) == Ack(epoch=5, seq=0)


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"{", "truncated"),
        (b"\xff", "malformed|invalid"),
        (b'{"observed_at_ms":1,"epoch":2}', "seq"),
        (b'{"observed_at_ms":1,"epoch":2,"seq":0}', "seq"),
        (b'{"observed_at_ms":1,"epoch":2,"seq":1,"values":{"u":[1]}}', "values"),
        (b'{"observed_at_ms":1,"epoch":2,"seq":1,"v":2}', r"\$\.v"),
        (b'{"observed_at_ms":1,"epoch":2,"seq":9223372036854775808}', "seq"),
        (b'{"observed_at_ms":9223372036854775808,"epoch":2,"seq":1}', "observed_at_ms"),
        (b'{"observed_at_ms":1,"epoch":2,"seq":1,"dropped":-1}', "dropped"),
        (b'{"observed_at_ms":1,"epoch":2,"seq":1,"last_seq":9223372036854775808}', "last_seq"),
        (b"1" * (MAX_PAYLOAD_BYTES + 1), "at most"),
        (b'{"observed_at_ms":1,"epoch":2,"unheard_of":' + b"[" * 50_000, "recursion"),
    ],
)
def test_a_bad_payload_is_refused_by_its_field(payload: bytes, says: str) -> None:
    with pytest.raises(BadPayload, match=says):
        decode(topics.Stream.SAMPLES, payload)


def test_a_bad_acknowledgement_is_refused() -> None:
    for payload in (b"", b'{"epoch":0,"seq":1}', b'{"unheard_of":' + b"[" * 50_000):
        with pytest.raises(BadPayload, match="ack: "):
            decode_ack(payload)


def test_a_message_nobody_can_use_is_rejected_and_the_batch_stays_whole() -> None:
    batch = Batch()
    no_bench = add(batch, "elsewhere", b"{}", 1, is_retained=False)
    no_payload = add(batch, topics.up("b", topics.Stream.FAULTS), b"{}", 1, is_retained=False)
    assert no_bench is not None
    assert no_payload is not None
    assert (no_bench.bench, no_payload.bench) == ("", "b")
    assert len(batch) == 0


def test_a_retained_state_is_the_past_and_not_stored() -> None:
    batch, topic = Batch(), topics.up("b", topics.Stream.STATE)
    add(batch, topic, b'{"observed_at_ms":1,"online":true}', 1, is_retained=True)
    assert not batch.states
    add(batch, topic, b'{"observed_at_ms":1,"online":true}', 1, is_retained=False)
    assert len(batch.states) == 1
