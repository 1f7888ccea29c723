"""The page with all stations: the matrix station × module × level."""

from datetime import date

import streamlit as st

from dashboard import choices, language, listings
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.trouble import last_known

PAGE_HEIGHT = 560
"""Height in px of a usual page, for what stands in its place while it loads."""
USES = ("all", "training", "exam")


def show(client: ApiClient, frame: Frame) -> None:
    """Show the matrix for a day and a use, both kept in the address."""
    with frame.head(frame.say("page.stations")):
        on_date, use = _filters(frame)
    choices.keep_in_query(
        {
            "date": on_date.isoformat() if on_date else None,
            "use": None if use == "all" else use,
        }
    )
    with st.skeleton(PAGE_HEIGHT):
        answer = last_known(
            f"stations-{on_date}",
            lambda: (client.matrix(on_date), client.benches(), client.stations()),
        )
    if listings.has_no_list(answer.value[0]):
        frame.empty("stations.no_list")
    data = listings.stations_data(answer.value, lang=frame.lang, use=use, on_date=on_date)
    data["keep"] = language.in_links(frame.lang)
    data["loaded_at"] = answer.at.isoformat()
    data["stale_since"] = answer.stale_since
    frame.follow(mounting.mount(mounting.STATIONS, "stations", data))


def _filters(frame: Frame) -> tuple[date | None, str]:
    today = choices.today()
    picked = st.date_input(
        frame.say("stations.date"),
        value=choices.date_from_query() or today,
        key="stations-date",
        format="YYYY-MM-DD",
        label_visibility="collapsed",
        width=150,
    )
    use = st.segmented_control(
        frame.say("stations.use"),
        USES,
        default=choices.from_query("use", USES, "all"),
        required=True,
        format_func=lambda value: frame.say(f"use.{value}"),
        key="stations-use",
        label_visibility="collapsed",
    )
    return None if picked == today else picked, use or "all"
