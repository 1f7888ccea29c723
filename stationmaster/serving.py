"""API and dashboard on one port, as one call that returns when the process is told to stop."""

import os
from contextlib import closing
from datetime import timedelta
from socket import socket
from types import FrameType

import uvicorn

from inventory.data_health.use_cases import Sources
from inventory.readiness.use_cases import ReadinessDesk
from stationmaster.booking_times import BookingTimes
from stationmaster.compose import compose_app
from stationmaster.delivering import delivering
from stationmaster.house_metrics import HouseFigures, house_metrics
from stationmaster.opening import service_database
from stationmaster.rectifying import Rechecks
from stationmaster.reminding import Reminders
from stationmaster.repairing import FaultOrders
from stationmaster.rig_watch import RigWatch
from stationmaster.settings import Settings
from stationmaster.sharing_steps import SharingSteps
from stationmaster.signs_of_life import HeardHours, StoredSigns
from stationmaster.stores import open_reader
from stationmaster.unbooked_watch import UnbookedWatch
from stationmaster.watching import Watcher

GRACE_S = 2
"""What a request that is under way gets to finish when the server stops."""


def own_address(settings: Settings) -> str:
    """Where this process reaches itself; "every address" is not one that can be called."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::", ""} else settings.host  # noqa: S104
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


class _Server(uvicorn.Server):
    """Ends open streams first: a browser that listens would hold the server up otherwise."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.config.app.state.streams.stop()  # type: ignore[union-attr]  # it is our FastAPI
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        await super().shutdown(sockets)
        # uvicorn then raises the signal again, after which nothing of ours runs any more
        self.config.app.state.exports.close()  # type: ignore[union-attr]


def serve(settings: Settings) -> None:
    """Serve API and dashboard on one port."""
    os.environ.setdefault("STATIONMASTER_API_URL", own_address(settings))
    with service_database(settings) as database, closing(open_reader(settings)) as reader:
        app = compose_app(settings, database, reader)
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        sources = Sources(app.state.live, app.state.transport)
        desk = ReadinessDesk(database, app.state.live, app.state.readiness)
        # orders first: what is under repair changes what the check says
        chores = (
            FaultOrders(database),
            Rechecks(database, desk),
            Reminders(database),
            SharingSteps(database),
            BookingTimes(database, app.state.rig_truth),
            RigWatch(database, app.state.live, timedelta(minutes=settings.no_show_minutes)),
            HeardHours(database, StoredSigns(reader)),
            UnbookedWatch(database),
        )
        watcher = Watcher(database, sources, chores=chores)
        watcher.start()
        try:
            with (
                delivering(settings, database),
                house_metrics(settings, app, HouseFigures(database, sources)),
            ):
                _Server(config).run()
        finally:
            watcher.stop()
            app.state.exports.close()
