"""Route of the benches' data health."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request

from inventory.accounts.policies import Now, TheDatabase, require
from inventory.accounts.rules import Action, Principal
from inventory.data_health.schema import DataHealthOut
from inventory.data_health.source import TransportSource
from inventory.data_health.use_cases import Sources, data_health
from inventory.monitoring.routes import Live

router = APIRouter(tags=["data health"])
Reader = Annotated[Principal, Depends(require(Action.READ_DATA_HEALTH))]


def transport_of(request: Request) -> TransportSource:
    """The transport figures the app was made with."""
    return cast("TransportSource", request.app.state.transport)


Transport = Annotated[TransportSource, Depends(transport_of)]


@router.get("/data-health")
def show_data_health(
    database: TheDatabase, live: Live, transport: Transport, caller: Reader, now: Now
) -> DataHealthOut:
    """Whether data of benches I may see are lost today, and where they are delayed."""
    return data_health(database, Sources(live, transport), caller, now)
