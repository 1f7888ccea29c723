"""The page of what a bench measured before: charts, faults, use, comparison, export."""

import streamlit as st

from dashboard import choices, listings
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame, plain
from dashboard.screens.live_bench import PAGE_HEIGHT, choose_bench, show_outside
from dashboard.trouble import last_known


def show(client: ApiClient, frame: Frame) -> None:
    """Show the history of the bench the address names, or of the first one."""
    with frame.head(frame.say("page.history")):
        benches = {one.code: one for one in last_known("benches", client.benches).value}
        code = choose_bench(benches, frame) if benches else None
        odd = choices.is_odd("bench", list(benches))
    if odd:
        st.warning(frame.say("trouble.odd_address", code=plain(odd)))
    if code is None:
        frame.empty("bench.none")
        return
    asked = {name: st.query_params.get(name) for name in listings.HISTORY_PARAMETERS}
    choices.keep_in_query({"bench": code})
    with st.skeleton(PAGE_HEIGHT):
        bench = last_known(f"bench-{code}", lambda: client.bench(code)).value
    if bench.details is None:
        show_outside(bench, frame)
        return
    data = listings.history_data(bench, list(benches.values()), asked, lang=frame.lang)
    frame.follow(mounting.mount(mounting.HISTORY, f"history-{code}", data))
