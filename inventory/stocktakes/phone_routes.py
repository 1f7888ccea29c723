"""The page on which a phone counts; it needs no login itself, its data does."""

from importlib.resources import files

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse

from inventory.accounts.policies import public
from inventory.errors import Unknown

router = APIRouter(include_in_schema=False, dependencies=[Depends(public())])
HOME = "/stocktake"
_FOLDER = files("inventory") / "stocktakes" / "phone"
_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
_HEADERS = {
    # the browser asks each time and hears "the same" or gets what is new after an update
    "Cache-Control": "no-cache",
    # the scanner runs in a worker made of a blob; photos are shown before they are sent
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' blob: data:; media-src blob:; worker-src 'self' blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


class UnknownFile(Unknown):
    """The page has no part of this name."""

    kind = "file"


def parts() -> dict[str, bytes]:
    """The page's files by name."""
    return {one.name: one.read_bytes() for one in _FOLDER.iterdir() if one.is_file()}


_PARTS = parts()


@router.get(HOME)
def to_the_page() -> RedirectResponse:
    """The page's scripts are found from a folder, hence the slash at its end."""
    return RedirectResponse(f"{HOME}/")


@router.get(HOME + "/")
@router.get(HOME + "/{stocktake_id:int}")
def show_page() -> Response:
    """The page; which stocktake it shows is up to its script."""
    return _answer("page.html")


@router.get(HOME + "/files/{name}")
def show_part(name: str) -> Response:
    """A script or style of the page."""
    return _answer(name)


@router.get(HOME + "/worker.js")
def show_worker() -> Response:
    """The script that keeps the page where there is no network; it rules where it lies."""
    return _answer("worker.js")


def _answer(name: str) -> Response:
    if name not in _PARTS:
        raise UnknownFile(name)
    kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return Response(_PARTS[name], media_type=kind, headers=_HEADERS)
