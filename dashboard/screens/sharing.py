"""The page of open sharing: find, request, agree; and what the own school shares."""

import streamlit as st

from dashboard import language, listings_sharing
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action

_ASKED = ("tab", "request", "offer", "q", "profile", "module", "hours", "days", "near", "within_km")


def show(client: ApiClient, frame: Frame) -> None:
    """Show it; the component asks for it by itself and keeps its choices in the address."""
    with frame.head(frame.say("page.sharing")):
        pass
    if not may(frame.me, Action.READ_OFFER):
        frame.empty("sharing.none_here")
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    data = listings_sharing.sharing_data(stations, frame.me, asked, lang=frame.lang)
    data |= {"keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.SHARING, "sharing", data))
