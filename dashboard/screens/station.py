"""The page of one station: its findings for a module, level, use and day, by what to do."""

from collections.abc import Mapping

import streamlit as st

from dashboard import choices, language, listings
from dashboard.api_client import ApiClient, Question
from dashboard.components import mounting
from dashboard.frame import Frame, plain
from dashboard.trouble import last_known
from inventory.accounts.rules import Role
from inventory.stations.rules import Level, StationUse
from inventory.stations.schema import StationOut

PAGE_HEIGHT = 560


def show(client: ApiClient, frame: Frame) -> None:
    """Show what the address asks for; every choice is kept in the address."""
    with frame.head(frame.say("page.station")):
        known = {one.code: one for one in last_known("stations", client.stations).value}
        station = _station(known, frame) if known else None
        odd = choices.is_odd("station", list(known))
    if odd:
        st.warning(frame.say("trouble.odd_address", code=plain(odd)))
    if station is None:
        frame.empty("stations.none")
        return
    if frame.me.role is Role.VISITOR:
        choices.keep_in_query({"station": station.code})
        _show_outside(station, frame)
        return
    question = _question(station, frame)
    choices.keep_in_query({"station": station.code, **_in_address(question)})
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


def _station(known: Mapping[str, StationOut], frame: Frame) -> StationOut | None:
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


def _question(station: StationOut, frame: Frame) -> Question:
    """What is asked, by widgets that start from the address."""
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


def _in_address(question: Question) -> dict[str, str | None]:
    asked: dict[str, str | None] = {"use": None, "date": None}
    return asked | question.parameters()


def _show_outside(station: StationOut, frame: Frame) -> None:
    with st.container(border=True, key="station-outside"):
        st.subheader(plain(listings.station_title(station, frame.lang)), anchor=False)
        st.write(frame.say("station.visitor"))
