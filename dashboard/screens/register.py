"""The page of the equipment register: looked through, changed, handed in and out as files."""

import streamlit as st

from dashboard import language, listings_register
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action


def show(client: ApiClient, frame: Frame) -> None:
    """Show the register; the component asks by itself and keeps its filters in the address."""
    with frame.head(frame.say("page.register")):
        pass
    if not may(frame.me, Action.READ_REGISTER):
        with st.container(border=True, key="register-outside"):
            st.write(frame.say("register.visitor"))
        return
    stations = last_known("stations", client.stations).value
    asked = {
        name: st.query_params[name]
        for name in listings_register.PARAMETERS
        if name in st.query_params
    }
    data = listings_register.register_data(stations, frame.me, asked, lang=frame.lang)
    data |= {"keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.REGISTER, "register", data))
