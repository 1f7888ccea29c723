"""The page of papers to hand in, and of the annual report they may be made of."""

from datetime import UTC, datetime

import streamlit as st

from dashboard import listings_papers
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action
from inventory.moments import today

_ASKED = ("tab", "kind", "station", "school", "year")


def show(client: ApiClient, frame: Frame) -> None:
    """Show papers; the component asks for them by itself and keeps its choices in the address."""
    with frame.head(frame.say("page.papers")):
        pass
    if not may(frame.me, Action.READ_PAPER):
        frame.empty("papers.visitor")
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    year = today(datetime.now(UTC)).year
    data = listings_papers.papers_data(stations, frame.me, asked, lang=frame.lang, year=year)
    frame.follow(mounting.mount(mounting.PAPERS, "papers", data))
