"""The page of what a bench measured before: charts, faults, use, comparison, export."""

import streamlit as st

from dashboard import listings
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens.one_bench import open_bench


def show(client: ApiClient, frame: Frame) -> None:
    """Show the history of the bench the address names, or of the first one."""
    # read before the choice of a bench rewrites the address
    asked = {name: st.query_params.get(name) for name in listings.HISTORY_PARAMETERS}
    opened = open_bench(client, frame, "page.history")
    if opened is None:
        return
    data = listings.history_data(opened.bench, opened.benches, asked, lang=frame.lang)
    frame.follow(mounting.mount(mounting.HISTORY, f"history-{opened.bench.code}", data))
