"""The page of a station's staff: who does what, whose papers hold, and what they prove together."""

import streamlit as st

from dashboard import language, listings_keeping
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens.one_station import open_station
from dashboard.trouble import last_known

_FILTERS = ("tab", "role")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the staff; the component asks by itself and keeps its filters in the address."""
    station = open_station(client, frame, "page.staff")
    if station is None:
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in _FILTERS if name in st.query_params}
    data = listings_keeping.staff_data(station, stations, frame.me, asked, lang=frame.lang)
    data |= {"keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.STAFF, "staff", data))
