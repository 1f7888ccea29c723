"""The page of the gap matrix: every row of the list by module and level, for one station."""

import streamlit as st

from dashboard import choices, language, listings, listings_work
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens.one_station import open_station
from inventory.stations.rules import StationUse

_FILTERS = ("list", "module", "level", "show", "authority", "text", "task")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the matrix; the component asks for it by itself and keeps its filters in the address."""
    station = open_station(client, frame, "page.gaps")
    if station is None:
        return
    own, today = station.use, choices.today()
    uses = [use.value for use in StationUse]
    with st.container(horizontal=True, vertical_alignment="center", key="gaps-question"):
        wanted = choices.from_query("use", uses, own.value)
        use = st.segmented_control(
            frame.say("station.use"),
            uses,
            default=wanted,
            required=True,
            format_func=lambda one: listings.option("use", "use_of", one, frame.lang),
            key=f"gaps-use-{station.code}",
            label_visibility="collapsed",
        )
        day = st.date_input(
            frame.say("station.date"),
            value=choices.date_from_query() or today,
            format="YYYY-MM-DD",
            key="gaps-date",
            label_visibility="collapsed",
            width=150,
        )
    asked_use = None if use in {None, own.value} else use
    asked_date = None if day == today else day.isoformat()
    choices.keep_in_query({"use": asked_use, "date": asked_date})
    asked = {name: st.query_params[name] for name in _FILTERS if name in st.query_params}
    data = listings_work.gaps_data(station, frame.me, asked, lang=frame.lang)
    data |= {"use": asked_use, "date": asked_date, "keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.GAPS, "gaps", data))
