"""The command for the way from the benches into the store."""

from typing import Annotated

import typer

from stationmaster.ingest_workers import ingest_by_workers
from stationmaster.ingesting import ingest as ingest_alone
from stationmaster.logs import log_as
from stationmaster.refusing import give_up
from stationmaster.settings import Settings
from telemetry.broker.access import MOST_INGEST_WORKERS
from telemetry.store.port import StoreUnavailable


def ingest(
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_INGEST_WORKERS, help="processes that share the work 采集进程数"
        ),
    ] = None,
) -> None:
    """从消息代理采集数据入库。 Take what benches send into the store."""
    log_as("ingest")
    settings = Settings()
    if workers is not None:
        settings = settings.model_copy(update={"ingest_workers": workers})
    try:
        if settings.ingest_workers > 1:
            ingest_by_workers(settings)
        else:
            ingest_alone(settings)
    except StoreUnavailable as failed:
        give_up(failed)
