"""What the pages of one bench share: its choice, and what stands there when it can't be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import choices, listings
from dashboard.api_client import ApiClient
from dashboard.frame import Frame, plain
from dashboard.trouble import last_known
from inventory.monitoring.schema import BenchOut, BenchPage

PAGE_HEIGHT = 700


@dataclass(frozen=True, slots=True)
class OpenedBench:
    """The bench of a page, its details known, and all benches the visitor may see."""

    bench: BenchPage
    benches: Sequence[BenchOut]


def open_bench(client: ApiClient, frame: Frame, title: str) -> OpenedBench | None:
    """Head and bench of a page; None where the page is already complete without one.

    The address names the bench, or it is the first one; `title` is the key of the page's name.
    """
    with frame.head(frame.say(title)):
        benches = {one.code: one for one in last_known("benches", client.benches).value}
        code = _chosen(benches, frame) if benches else None
        odd = choices.is_odd("bench", list(benches))
    if odd:
        st.warning(frame.say("trouble.odd_address", code=plain(odd)))
    if code is None:
        frame.empty("bench.none")
        return None
    choices.keep_in_query({"bench": code})
    with st.skeleton(PAGE_HEIGHT):
        bench = last_known(f"bench-{code}", lambda: client.bench(code)).value
    if bench.details is None:
        _show_outside(bench, frame)
        return None
    return OpenedBench(bench, list(benches.values()))


def _chosen(benches: Mapping[str, BenchOut], frame: Frame) -> str | None:
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


def _show_outside(bench: BenchOut, frame: Frame) -> None:
    with st.container(border=True, key="bench-outside"):
        st.subheader(plain(listings.bench_title(bench, frame.lang)), anchor=False)
        st.write(frame.say("bench.visitor"))
