"""The page of conditions beyond equipment: what each comes to, why, and a form to state one."""

import streamlit as st

from dashboard import choices, language, listings, listings_keeping
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens.one_station import open_station
from inventory.stations.rules import StationUse

_FILTERS = ("outcome", "basis", "open")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the conditions; the component asks by itself and keeps its filters in the address."""
    station = open_station(client, frame, "page.conditions")
    if station is None:
        return
    own, today = station.use, choices.today()
    uses = [use.value for use in StationUse]
    with st.container(horizontal=True, vertical_alignment="center", key="conditions-question"):
        use = st.segmented_control(
            frame.say("station.use"),
            uses,
            default=choices.from_query("use", uses, own.value),
            required=True,
            format_func=lambda one: listings.option("use", "use_of", one, frame.lang),
            key=f"conditions-use-{station.code}",
            label_visibility="collapsed",
        )
        day = st.date_input(
            frame.say("station.date"),
            value=choices.date_from_query() or today,
            format="YYYY-MM-DD",
            key="conditions-date",
            label_visibility="collapsed",
            width=150,
        )
    asked_use = None if use in {None, own.value} else use
    asked_date = None if day == today else day.isoformat()
    choices.keep_in_query({"use": asked_use, "date": asked_date})
    asked = {name: st.query_params[name] for name in _FILTERS if name in st.query_params}
    data = listings_keeping.conditions_data(station, frame.me, asked, lang=frame.lang)
    data |= {"use": asked_use, "date": asked_date, "keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.CONDITIONS, "conditions", data))
