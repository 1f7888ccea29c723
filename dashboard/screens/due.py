"""The page of what becomes due: proofs, agreements, lists, certificates, stock."""

import streamlit as st

from dashboard import listings_due
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action

_ASKED = ("station", "kind", "state")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the calendar; the component asks by itself and keeps its filters in the address."""
    with frame.head(frame.say("page.due")):
        pass
    if not may(frame.me, Action.READ_REGISTER):
        frame.empty("due.visitor")
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    data = listings_due.due_data(stations, frame.me, asked, lang=frame.lang)
    frame.follow(mounting.mount(mounting.DUE, "due", data))
