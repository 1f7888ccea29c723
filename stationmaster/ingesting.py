"""Ingest with its projection, as one call that returns when the process is told to stop."""

import threading
from contextlib import closing
from dataclasses import replace

from stationmaster.ingest_metrics import ingest_metrics
from stationmaster.opening import service_database
from stationmaster.projection import Projection
from stationmaster.settings import Settings
from stationmaster.stopping import stop_on_signals
from stationmaster.stores import open_store
from telemetry.broker.access import INGEST_USER, read_or_make_passwords
from telemetry.contract.broker_address import BrokerAddress
from telemetry.ingest.service import Worker, run_ingest
from telemetry.store.retention import DAY_MS, HOUR_MS, Retention


def broker_address(settings: Settings) -> BrokerAddress:
    """Where ingest connects; the embedded broker's password file is made when missing."""
    password = settings.broker_password.get_secret_value()
    user = settings.broker_user or INGEST_USER
    if password:
        return settings.broker_address(user, password)
    password = read_or_make_passwords(settings.credentials_path, [user])[user]
    return replace(settings.broker_address(user, password), is_embedded=True)


def retention_of(settings: Settings) -> Retention:
    """Ages of the settings in milliseconds."""
    return Retention(
        late_ms=int(settings.late_minutes * 60_000),
        rows_ms=int(settings.retention_hours * HOUR_MS),
        minutes_ms=int(settings.retention_minute_days * DAY_MS),
        hours_ms=int(settings.retention_hour_days * DAY_MS),
    )


def ingest(settings: Settings, stop: threading.Event | None = None) -> None:
    """Take what benches send into the store, and usage and faults on into the inventory.

    Until `stop` is set; None: until a signal asks for it.
    """
    stop = stop or stop_on_signals()
    with service_database(settings) as database, closing(open_store(settings)) as store:
        projection = Projection(database, store)
        projection.start()
        worker = Worker(on_events=projection.notify)
        try:
            with ingest_metrics(settings, lambda: worker.figures):
                run_ingest(
                    broker_address(settings),
                    store,
                    stop,
                    retention=retention_of(settings),
                    worker=worker,
                )
        finally:
            projection.stop()
