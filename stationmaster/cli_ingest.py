"""The command for the way from the benches into the store."""

from stationmaster.ingesting import ingest as run_ingest
from stationmaster.logs import log_as
from stationmaster.settings import Settings


def ingest() -> None:
    """从消息代理采集数据入库。 Take what benches send into the store."""
    log_as("ingest")
    run_ingest(Settings())
