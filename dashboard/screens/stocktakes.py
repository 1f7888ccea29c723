"""The page of stocktakes: how far each is, what was found, and the way to count by phone."""

import streamlit as st

from dashboard import listings_repairs
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action

_ASKED = ("station", "stocktake")


def show(client: ApiClient, frame: Frame) -> None:
    """Show them; the component asks by itself and keeps its choice in the address."""
    with frame.head(frame.say("page.stocktakes")):
        pass
    if not may(frame.me, Action.READ_STOCKTAKE):
        frame.empty("count.visitor")
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    data = listings_repairs.stocktakes_data(stations, frame.me, asked, lang=frame.lang)
    frame.follow(mounting.mount(mounting.STOCKTAKES, "stocktakes", data))
