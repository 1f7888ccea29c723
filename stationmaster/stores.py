"""Which time-series store this installation has: the one place where the setting is looked at."""

from importlib import import_module

from stationmaster.settings import Settings
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_reading import SqliteReader

_INFLUX = "stationmaster.influx_stores"
"""Imported by name: InfluxDB's client takes 0.4 s that no other installation should wait for."""


def open_store(settings: Settings) -> SqliteStore:
    """The writing half; with InfluxDB it begins to send.

    Raises:
        StoreUnavailable: it can't be opened, or rows of the embedded store would be left behind.
    """
    if settings.store == "embedded":
        return SqliteStore(settings.telemetry_path)
    store: SqliteStore = import_module(_INFLUX).open_store(settings)
    return store


def open_reader(settings: Settings) -> SqliteReader:
    """The reading half.

    Raises:
        StoreUnavailable: the address of InfluxDB is none.
    """
    if settings.store == "embedded":
        return SqliteReader(settings.telemetry_path)
    reader: SqliteReader = import_module(_INFLUX).open_reader(settings)
    return reader
