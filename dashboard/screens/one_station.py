"""What the pages of one station share: its choice, and what is asked of it."""

from collections.abc import Mapping

import streamlit as st

from dashboard import choices, listings
from dashboard.api_client import ApiClient, Question
from dashboard.frame import Frame, plain
from dashboard.trouble import last_known
from inventory.accounts.rules import Role
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationOut


def open_station(client: ApiClient, frame: Frame, title: str) -> StationOut | None:
    """Head and station of a page; None where the page is already complete without one.

    The address names the station, or it is the first one; `title` is the key of the page's name.
    """
    with frame.head(frame.say(title)):
        known = {one.code: one for one in last_known("stations", client.stations).value}
        station = _chosen(known, frame) if known else None
        odd = choices.is_odd("station", list(known))
    if odd:
        st.warning(frame.say("trouble.odd_address", code=plain(odd)))
    if station is None:
        frame.empty("stations.none")
        return None
    choices.keep_in_query({"station": station.code})
    if frame.me.role is Role.VISITOR:
        _show_outside(station, frame)
        return None
    return station


def _chosen(known: Mapping[str, StationOut], frame: Frame) -> StationOut | None:
    codes = list(known)
    wanted = choices.from_query("station", codes, codes[0])
    has_owner = len({one.organisation_code for one in known.values()}) > 1
    code = st.selectbox(
        frame.say("station.choose"),
        codes,
        index=codes.index(wanted),
        format_func=lambda one: listings.station_title(known[one], frame.lang, has_owner=has_owner),
        key="station-code",
        label_visibility="collapsed",
        width=420,
    )
    return known.get(code) if code else None


def choose_question(station: StationOut, frame: Frame) -> Question:
    """What is asked of a station, by widgets that start from the address."""
    own = station.use
    levels = [level.value for level in station.levels]
    with st.container(horizontal=True, vertical_alignment="center", key="station-question"):
        module = _segments(
            frame, "module", station.modules, station.modules[0], "module_short", station.code
        )
        level = _segments(frame, "level", levels, levels[0], "level_full", station.code)
        use = _segments(
            frame, "use", [use.value for use in StationUse], own, "use_of", station.code
        )
        today = choices.today()
        day = st.date_input(
            frame.say("station.date"),
            value=choices.date_from_query() or today,
            format="YYYY-MM-DD",
            key="station-date",
            label_visibility="collapsed",
            width=150,
        )
    asked_use = StationUse(use)
    return Question(
        station.code,
        module,
        Level(level),
        None if asked_use is own else asked_use,
        None if day == today else day,
    )


def _segments(
    frame: Frame, name: str, options: list[str], default: str, words: str, station: str
) -> str:
    wanted = choices.from_query(name, options, default)
    picked = st.segmented_control(
        frame.say(f"station.{name}"),
        options,
        default=wanted,
        required=True,
        format_func=lambda one: listings.option(name, words, one, frame.lang),
        key=f"station-{name}-{station}",
        label_visibility="collapsed",
    )
    return picked or wanted


def in_address(question: Question) -> dict[str, str | None]:
    """A question as the address says it; what is left to the API is taken out."""
    asked: dict[str, str | None] = {"use": None, "date": None}
    return asked | question.parameters()


def _show_outside(station: StationOut, frame: Frame) -> None:
    with st.container(border=True, key="station-outside"):
        st.subheader(plain(listings.station_title(station, frame.lang)), anchor=False)
        st.write(frame.say("station.visitor"))
