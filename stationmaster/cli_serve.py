"""The command for the web server."""

from stationmaster.logs import log_as
from stationmaster.mailing import BadMailSettings
from stationmaster.refusing import give_up
from stationmaster.serving import serve as run_serve
from stationmaster.settings import Settings
from telemetry.store.port import StoreUnavailable


def serve() -> None:
    """启动接口与网页。 Serve API and dashboard on one port."""
    log_as("serve")
    try:
        run_serve(Settings())
    except (StoreUnavailable, BadMailSettings) as failed:
        give_up(failed)
