"""The page that tells whether the benches' data come through, and what somebody should look at."""

import streamlit as st

from dashboard import language, listings_health
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.trouble import last_known
from inventory.accounts.rules import Action

PAGE_HEIGHT = 560


def show(client: ApiClient, frame: Frame) -> None:
    """Show all benches of the user; the component keeps itself up to date."""
    with frame.head(frame.say("page.health")):
        pass
    if not listings_health.may(frame.me, Action.READ_DATA_HEALTH):
        with st.container(border=True, key="health-outside"):
            st.write(frame.say("health.visitor"))
        return
    with st.skeleton(PAGE_HEIGHT):
        answer = last_known("health", lambda: (client.data_health(), client.alerts()))
    health, alerts = answer.value
    data = listings_health.health_data(health, alerts, frame.me, lang=frame.lang)
    data |= {
        "keep": language.in_links(frame.lang),
        "loaded_at": answer.at.isoformat(),
        "stale_since": answer.stale_since,
    }
    frame.follow(mounting.mount(mounting.HEALTH, "health", data))
