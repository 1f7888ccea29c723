"""The page of one bench as it is now."""

from dashboard import language, listings
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens.one_bench import open_bench


def show(client: ApiClient, frame: Frame) -> None:
    """Show the bench the address names, or the first one."""
    opened = open_bench(client, frame, "page.bench")
    if opened is None:
        return
    data = listings.live_data(opened.bench, lang=frame.lang)
    data["keep"] = language.in_links(frame.lang)
    frame.follow(mounting.mount(mounting.LIVE, f"live-{opened.bench.code}", data))
