"""Routes of report links, for those who put them on things."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status

from inventory.accounts.policies import Now, TheDatabase, own_address, require
from inventory.accounts.rules import Action, Principal
from inventory.errors import SourceUnavailable
from inventory.labels.drawing import Printing, sheets_pdf
from inventory.paging import Limit, Offset, Page, page
from inventory.report_links.printing import report_labels
from inventory.report_links.schema import ReportLabelOrder, ReportLinkOrder, ReportLinkOut
from inventory.report_links.use_cases import end_link, links, make_link, renew_link, shown
from inventory.typesetting.fonts import NoChineseFont, chinese_typeface

router = APIRouter(tags=["work orders"])
Manager = Annotated[Principal, Depends(require(Action.MANAGE_WORK_ORDER))]
LinkId = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/report-links")
def list_report_links(
    database: TheDatabase,
    caller: Manager,
    is_running: Annotated[bool, Query(alias="running")] = True,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[ReportLinkOut]:
    """Codes on the things of my school by which anybody may report, by default those that run."""
    with database.read() as db:
        rows, total = links(db, caller, is_running=is_running, offset=offset, limit=limit)
        return page([shown(row) for row in rows], total, offset)


@router.post("/report-links", status_code=status.HTTP_201_CREATED)
def make_report_link(
    order: ReportLinkOrder, database: TheDatabase, caller: Manager, now: Now
) -> ReportLinkOut:
    """Give a bench or a piece of the register a code; one that has one keeps it."""
    return make_link(database, caller, order, now=now)


@router.post(
    "/report-links/labels",
    response_class=Response,
    responses={200: {"description": "The sheets", "content": {"application/pdf": {}}}},
)
def print_report_labels(
    order: ReportLabelOrder, request: Request, database: TheDatabase, caller: Manager, now: Now
) -> Response:
    """Sheets of labels to report by, as PDF; things that have no code yet get theirs."""
    try:
        typeface = chinese_typeface(request.app.state.chinese_font)
    except NoChineseFont as missing:
        raise SourceUnavailable(f"a Chinese font ({missing})") from missing
    labels = report_labels(database, caller, order, now=now)
    printing = Printing(order.sheet, own_address(request), typeface, now, order.used)
    named = f'attachment; filename="report-{order.station}.pdf"'
    return Response(
        sheets_pdf(labels, printing),
        media_type="application/pdf",
        headers={"Content-Disposition": named},
    )


@router.post("/report-links/{link_id}/renewal", status_code=status.HTTP_201_CREATED)
def renew_report_link(
    link_id: LinkId, database: TheDatabase, caller: Manager, now: Now
) -> ReportLinkOut:
    """Replace a code by another; labels with the old one no longer work."""
    return renew_link(database, caller, link_id, now=now)


@router.delete("/report-links/{link_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_report_link(link_id: LinkId, database: TheDatabase, caller: Manager, now: Now) -> None:
    """End a code at once."""
    end_link(database, caller, link_id, now=now)
