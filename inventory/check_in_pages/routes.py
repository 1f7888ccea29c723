"""The public route of the page on which one checks in; its data need a login."""

import re
from http import HTTPStatus

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from inventory.accounts.policies import public
from inventory.check_in_pages.pages import HEADERS, check_in_page

public_router = APIRouter(include_in_schema=False, dependencies=[Depends(public())])
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,64}")


@public_router.get("/check-in/{label}")
def show_check_in(label: str, request: Request) -> HTMLResponse:
    """The same page for every label: whether it is one is told to whom it concerns."""
    lang = "en" if request.query_params.get("lang") == "en" else "zh"
    is_label = _LABEL.fullmatch(label) is not None
    status = HTTPStatus.OK if is_label else HTTPStatus.NOT_FOUND
    return HTMLResponse(check_in_page(label if is_label else "-", lang), status, HEADERS)
