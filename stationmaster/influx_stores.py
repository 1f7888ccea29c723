"""The time-series store with InfluxDB, as the settings say; loading its client takes 0.4 s."""

from stationmaster.settings import Settings
from telemetry.store.influx.connection import Address, Influx
from telemetry.store.influx.forwarding import Limits
from telemetry.store.influx.preparing import Kept
from telemetry.store.influx.store import InfluxReader, InfluxStore
from telemetry.store.port import StoreUnavailable
from telemetry.store.retention import DAY_MS, HOUR_MS


def address_of(settings: Settings) -> Address:
    """Where InfluxDB is."""
    return Address(
        settings.influx_url,
        settings.influx_token.get_secret_value(),
        settings.influx_organisation,
        settings.influx_database,
    )


def limits_of(settings: Settings) -> Limits:
    """What goes to InfluxDB and when."""
    return Limits(
        queue_rows=settings.influx_queue_rows, keep_ms=int(settings.influx_keep_hours * HOUR_MS)
    )


def kept_of(settings: Settings) -> Kept:
    """How long InfluxDB keeps what.

    It counts from the moment a bench observed, we count from the moment ingest received: rows that
    came late, or from a clock that is behind, must not go before their time.
    """
    behind_ms = Limits().behind_ms
    return Kept(
        rows_ms=int(settings.retention_hours * HOUR_MS) + behind_ms,
        minutes_ms=int(settings.retention_minute_days * DAY_MS) + behind_ms,
        hours_ms=int(settings.retention_hour_days * DAY_MS) + behind_ms,
    )


def open_store(settings: Settings) -> InfluxStore:
    """The writing half, which sends from now on.

    Raises:
        StoreUnavailable: the file can't be opened, or rows of the embedded store would be left
            behind unseen.
    """
    _refuse_to_leave_rows_behind(settings)
    store = InfluxStore(settings.telemetry_path, Influx(address_of(settings)), limits_of(settings))
    store.start()
    return store


def open_reader(settings: Settings) -> InfluxReader:
    """The reading half.

    Raises:
        StoreUnavailable: the address of InfluxDB is none.
    """
    return InfluxReader(settings.telemetry_path, Influx(address_of(settings)))


def _refuse_to_leave_rows_behind(settings: Settings) -> None:
    embedded = settings.embedded_path
    if embedded.exists() and not settings.telemetry_path.exists():
        raise StoreUnavailable(
            f"{embedded} holds rows that would not be seen any more. Take them along:"
            " `stationmaster store migrate --to influxdb`; or begin without them by moving that"
            " file away. 已有内置存储的数据，请先迁移，或将该文件移走后从空库开始。"
        )
