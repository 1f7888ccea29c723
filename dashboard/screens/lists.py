"""The page of requirement lists: versions, import, texts to settle, what changed."""

import streamlit as st

from dashboard import language, listings_work
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from inventory.accounts.rules import Action

_ASKED = ("list", "tab")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the lists; the component asks for them by itself (`client` has only said who it is)."""
    del client
    with frame.head(frame.say("page.lists")):
        pass
    if not may(frame.me, Action.READ_LIST):
        frame.empty("lists.visitor")
        return
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    data = listings_work.lists_data(frame.me, asked, lang=frame.lang)
    data |= {"keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.LISTS, "lists", data))
