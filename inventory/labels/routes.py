"""Routes of labels."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from inventory.accounts.policies import Now, TheDatabase, own_address, public, require
from inventory.accounts.rules import Action, Principal
from inventory.errors import SourceUnavailable
from inventory.labels.drawing import Printing, labels_pdf
from inventory.labels.rules import PATH, read_code
from inventory.labels.schema import LabelOrder
from inventory.labels.use_cases import make_labels
from inventory.typesetting.fonts import NoChineseFont, chinese_typeface

router = APIRouter(tags=["labels"])
short_router = APIRouter(include_in_schema=False)
Writer = Annotated[Principal, Depends(require(Action.WRITE_REGISTER))]


@router.post(
    "/labels",
    response_class=Response,
    responses={200: {"description": "The sheets", "content": {"application/pdf": {}}}},
)
def print_labels(
    order: LabelOrder, request: Request, database: TheDatabase, caller: Writer, now: Now
) -> Response:
    """Sheets of labels as PDF; pieces that have no code yet get theirs."""
    try:
        typeface = chinese_typeface(request.app.state.chinese_font)
    except NoChineseFont as missing:
        raise SourceUnavailable(f"a Chinese font ({missing})") from missing
    labels = make_labels(database, caller, order, now=now)
    printing = Printing(order.sheet, own_address(request), typeface, now, order.used)
    named = f'attachment; filename="labels-{order.station}.pdf"'
    return Response(
        labels_pdf(labels, printing),
        media_type="application/pdf",
        headers={"Content-Disposition": named},
    )


@short_router.get(PATH + "{code}", dependencies=[Depends(public())])
def follow_label(code: str) -> RedirectResponse:
    """Where the address on a label leads: to the page on which it can be counted."""
    read = read_code(code)
    target = f"/stocktake/?code={read.code}" if read.code else "/stocktake/"
    return RedirectResponse(target)
