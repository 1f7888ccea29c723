"""The page of how a station passes, what one failure breaks, and how many it can examine."""

import streamlit as st

from dashboard import choices, listings_plan
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens.one_station import choose_question, in_address, open_station

PARAMETERS = ("advice", "examinees")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the plan for what the address asks; the component asks for it by itself."""
    asked = {name: st.query_params[name] for name in PARAMETERS if name in st.query_params}
    station = open_station(client, frame, "page.plan")
    if station is None:
        return
    question = choose_question(station, frame)
    choices.keep_in_query(in_address(question))
    data = listings_plan.plan_data(station, question, asked, lang=frame.lang)
    frame.follow(mounting.mount(mounting.PLAN, "plan", data))
