"""The page of a person's messages, and of how that person is told."""

import streamlit as st

from dashboard import language, listings_inbox
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame

_ASKED = ("show",)


def show(client: ApiClient, frame: Frame) -> None:  # noqa: ARG001 - the component asks by itself
    """Show the messages; filters stay in the address."""
    with frame.head(frame.say("page.inbox")):
        pass
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    data = listings_inbox.inbox_data(frame.me, asked, lang=frame.lang)
    data["keep"] = language.in_links(frame.lang)
    frame.follow(mounting.mount(mounting.INBOX, "inbox", data))
