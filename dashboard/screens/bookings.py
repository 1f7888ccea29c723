"""The page of bookings: the week of every rig, what is free, my bookings, approvals."""

import streamlit as st

from dashboard import language, listings_bookings
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action

_ASKED = ("station", "week", "day", "tab", "booking", "text")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the plan; the component asks for it by itself and keeps its choices in the address."""
    with frame.head(frame.say("page.bookings")):
        pass
    if not may(frame.me, Action.READ_BOOKING):
        frame.empty("booking.visitor")
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    data = listings_bookings.bookings_data(stations, frame.me, asked, lang=frame.lang)
    data |= {"keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.BOOKINGS, "bookings", data))
