"""The page of a school's consumables."""

import streamlit as st

from dashboard import listings_keeping
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens.one_station import open_station
from dashboard.trouble import last_known


def show(client: ApiClient, frame: Frame) -> None:
    """Show them; the component asks by itself."""
    station = open_station(client, frame, "page.consumables")
    if station is None:
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in ("state",) if name in st.query_params}
    data = listings_keeping.consumables_data(station, stations, frame.me, asked, lang=frame.lang)
    frame.follow(mounting.mount(mounting.CONSUMABLES, "consumables", data))
