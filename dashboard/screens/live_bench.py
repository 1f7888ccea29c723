"""The page of one bench as it is now."""

from collections.abc import Mapping

import streamlit as st

from dashboard import choices, language, listings
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame, plain
from dashboard.trouble import last_known
from inventory.monitoring.schema import BenchOut

PAGE_HEIGHT = 700


def show(client: ApiClient, frame: Frame) -> None:
    """Show the bench the address names, or the first one."""
    with frame.head(frame.say("page.bench")):
        benches = {one.code: one for one in last_known("benches", client.benches).value}
        code = choose_bench(benches, frame) if benches else None
        odd = choices.is_odd("bench", list(benches))
    if odd:
        st.warning(frame.say("trouble.odd_address", code=plain(odd)))
    if code is None:
        frame.empty("bench.none")
        return
    choices.keep_in_query({"bench": code})
    with st.skeleton(PAGE_HEIGHT):
        bench = last_known(f"bench-{code}", lambda: client.bench(code)).value
    if bench.details is None:
        show_outside(bench, frame)
        return
    data = listings.live_data(bench, lang=frame.lang)
    data["keep"] = language.in_links(frame.lang)
    frame.follow(mounting.mount(mounting.LIVE, f"live-{code}", data))


def choose_bench(benches: Mapping[str, BenchOut], frame: Frame) -> str | None:
    """The bench somebody picks, or the address names; None without any."""
    codes = list(benches)
    wanted = choices.from_query("bench", codes, codes[0])
    return st.selectbox(
        frame.say("bench.choose"),
        codes,
        index=codes.index(wanted),
        format_func=lambda code: listings.bench_title(benches[code], frame.lang),
        key="bench-code",
        label_visibility="collapsed",
        width=420,
    )


def show_outside(bench: BenchOut, frame: Frame) -> None:
    """What those read who may only know that the bench is shared."""
    with st.container(border=True, key="bench-outside"):
        st.subheader(plain(listings.bench_title(bench, frame.lang)), anchor=False)
        st.write(frame.say("bench.visitor"))
