"""The page of rectifications: who mends which finding until when, and how far it is."""

import streamlit as st

from dashboard import language, listings_work
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action

_ASKED = ("station", "whose", "text", "task")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the board; the component asks for it by itself and keeps its filters in the address."""
    with frame.head(frame.say("page.rectifications")):
        pass
    if not may(frame.me, Action.READ_RECTIFICATION):
        frame.empty("task.visitor")
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    data = listings_work.tasks_data(stations, frame.me, asked, lang=frame.lang)
    data |= {"keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.TASKS, "tasks", data))
