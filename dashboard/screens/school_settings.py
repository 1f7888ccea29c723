"""The page of a school's calendar, rules of booking, timetable and subscriptions."""

import streamlit as st

from dashboard import language, listings_settings
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.trouble import last_known


def show(client: ApiClient, frame: Frame) -> None:
    """Show it; the component asks for it by itself and keeps its tab in the address."""
    with frame.head(frame.say("page.school_settings")):
        pass
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in ("tab",) if name in st.query_params}
    data = listings_settings.settings_data(stations, frame.me, asked, lang=frame.lang)
    data |= {"keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.SCHOOL_SETTINGS, "school_settings", data))
