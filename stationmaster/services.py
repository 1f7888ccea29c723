"""The long-running parts, each as one call that returns when the process is told to stop."""

import os
from types import FrameType

import uvicorn

from inventory.database import open_database
from inventory.migrations.run import upgrade
from stationmaster.compose import compose_app
from stationmaster.projection import Projection
from stationmaster.settings import Settings
from stationmaster.stopping import stop_on_signals
from telemetry.broker.access import INGEST_USER, read_or_make_passwords
from telemetry.ingest.service import run_ingest
from telemetry.ingest.subscriber import BrokerAddress
from telemetry.store.sqlite import SqliteStore
from telemetry.store.sqlite_reading import SqliteReader

GRACE_S = 2
"""What a request that is under way gets to finish when the server stops."""


class _Server(uvicorn.Server):
    """Ends open streams first: a browser that listens would hold the server up otherwise."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.config.app.state.streams.stop()  # type: ignore[union-attr]  # it is our FastAPI
        super().handle_exit(sig, frame)


def serve(settings: Settings) -> None:
    """Serve API and dashboard on one port."""
    settings.var.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("STATIONMASTER_API_URL", f"http://{settings.host}:{settings.port}")
    database = open_database(settings.inventory_url)
    reader = SqliteReader(settings.telemetry_path)
    try:
        upgrade(database.engine)
        app = compose_app(settings, database, reader)
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        _Server(config).run()
    finally:
        reader.close()
        database.close()


def broker_address(settings: Settings) -> BrokerAddress:
    """Where ingest connects; the embedded broker's password file is made when missing."""
    password = settings.broker_password.get_secret_value()
    user = settings.broker_user or INGEST_USER
    if not password:
        password = read_or_make_passwords(settings.credentials_path, [user])[user]
    return BrokerAddress(settings.broker_host, settings.broker_port, user, password, user)


def ingest(settings: Settings) -> None:
    """Take what benches send into the store, and usage and faults on into the inventory."""
    stop = stop_on_signals()
    settings.var.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.inventory_url)
    store = SqliteStore(settings.telemetry_path)
    projection = Projection(database, store)
    try:
        upgrade(database.engine)
        projection.start()
        run_ingest(
            broker_address(settings),
            store,
            stop,
            retention_ms=int(settings.retention_hours * 3_600_000),
            on_events=projection.notify,
        )
    finally:
        projection.stop()
        store.close()
        database.close()
