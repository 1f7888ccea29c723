"""The command for the web server."""

from stationmaster.logs import log_as
from stationmaster.serving import serve as run_serve
from stationmaster.settings import Settings


def serve() -> None:
    """启动接口与网页。 Serve API and dashboard on one port."""
    log_as("serve")
    run_serve(Settings())
