"""The page of utilisation: what was available, booked and really used."""

import streamlit as st

from dashboard import language, listings_utilisation
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action

_ASKED = (
    *("from", "to", "station", "by", "rank", "heat", "settled", "bench"),
    *("income", "booking", "request"),
)


def show(client: ApiClient, frame: Frame) -> None:
    """Show the figures; the component asks by itself and keeps its choices in the address."""
    with frame.head(frame.say("page.utilisation")):
        pass
    if not may(frame.me, Action.READ_BENCH_DETAILS):
        frame.empty("use_rate.visitor")
        return
    stations = last_known("stations", client.stations).value
    asked = {name: st.query_params[name] for name in _ASKED if name in st.query_params}
    data = listings_utilisation.utilisation_data(stations, frame.me, asked, lang=frame.lang)
    data |= {"keep": language.in_links(frame.lang)}
    frame.follow(mounting.mount(mounting.UTILISATION, "utilisation", data))
