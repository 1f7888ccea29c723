"""Rows of one bench that tests send to InfluxDB, and what became of them."""

from contextlib import closing

from telemetry.contract.payloads import Samples, Value
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.store import InfluxReader, InfluxStore
from telemetry.store.port import Batch, Received
from tests.influx_servers import Line

HOUR_MS = 3_600_000
START_MS = 400_000 * HOUR_MS


def rows(first: int, count: int, at_ms: int = START_MS, **values: Value) -> Batch:
    found = values or {f"s{n}": n / 10 for n in range(20)}
    return Batch(
        samples=[
            Received(
                "b-1",
                at_ms + n,
                Samples(observed_at_ms=at_ms + n * 100, epoch=7, seq=n, values=found),
            )
            for n in range(first, first + count)
        ]
    )


def seqs(store: InfluxReader | InfluxStore) -> list[int]:
    found = store.history("b-1", (-(2**53), 2**53), ())
    return sorted(seq for stretch in found for seq in stretch.seq.tolist())


def in_influxdb(address: Address) -> int:
    with closing(Influx(address)) as influx:
        found = influx.ask('SELECT count("seq:row") FROM samples', "samples")
    return int(found[0].values[0][1] or 0) if found else 0


def over(address: Address, line: Line) -> Address:
    return Address(line.url, address.token, address.organisation, address.database)
