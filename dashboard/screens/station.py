"""The page of one station: its findings for a module, level, use and day, by what to do."""

import streamlit as st

from dashboard import choices, language, listings
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens.one_station import choose_question, in_address, open_station
from dashboard.trouble import last_known

PAGE_HEIGHT = 560


def show(client: ApiClient, frame: Frame) -> None:
    """Show what the address asks for; every choice is kept in the address."""
    station = open_station(client, frame, "page.station")
    if station is None:
        return
    question = choose_question(station, frame)
    choices.keep_in_query(in_address(question))
    with st.skeleton(PAGE_HEIGHT):
        answer = last_known(f"readiness-{question}", lambda: client.readiness(question))
        owner = last_known("matrix-today", client.matrix).value
    data = listings.station_data(answer.value, station, question, lang=frame.lang)
    data |= {
        "is_demonstration": listings.is_demonstration(owner, station.code),
        "keep": language.in_links(frame.lang),
        "loaded_at": answer.at.isoformat(),
        "stale_since": answer.stale_since,
    }
    frame.follow(mounting.mount(mounting.FINDINGS, "findings", data))
