"""The page of work orders: what is broken, who repairs it, and the codes to report by."""

import streamlit as st

from dashboard import language, listings_repairs
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action

_ASKED = ("station", "whose", "text", "tab", "order")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the board; the component asks for it by itself and keeps its filters in the address."""
    with frame.head(frame.say("page.repairs")):
        pass
    if not may(frame.me, Action.READ_WORK_ORDER):
        frame.empty("repair.visitor")
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    data = listings_repairs.repairs_data(stations, frame.me, asked, lang=frame.lang)
    data |= {"keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.REPAIRS, "repairs", data))
