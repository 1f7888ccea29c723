"""How the components get onto a page: mounted without iframes, their scripts read at import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

_FOLDER = Path(__file__).parent
_SHARED = ("elements",)


@dataclass(frozen=True, slots=True)
class Wish:
    """Where a click in a component wants to go: a page's name and its query parameters."""

    page: str
    query: Mapping[str, str]


def _text(*names: str) -> str:
    return "\n".join((_FOLDER / name).read_text("utf-8") for name in names)


def _component(
    name: str, *scripts: str, isolated: bool = True, is_work: bool = False, style: str = ""
) -> Callable[..., Any]:
    """A component of its own scripts; `is_work`: a page where people change something.

    `style` names the style sheet where it is not called as the component is.
    """
    shared = (*_SHARED, "work") if is_work else _SHARED
    styles = [*shared, style or name] if isolated else [style or name]
    return st.components.v2.component(
        f"stationmaster_{name}",
        js=_text(*(f"{one}.js" for one in (*shared, *(scripts or (name,))))),
        css=_text(*(f"{one}.css" for one in styles)),
        isolate_styles=isolated,
    )


STATIONS = _component("stations", "drawer", "stations", "matrix", "benches")
FINDINGS = _component("findings", "findings", "evidence")
LIVE = _component("live", "signals", "charts", "live", "pulse", "freeze", "buses")
HISTORY = _component(
    "history",
    "signals",
    "charts",
    "history_chart",
    "history",
    "history_loading",
    "history_marks",
    "export",
)
HEALTH = _component("health", "health", "health_rows", "alerts")
GAPS = _component("gaps", "gaps", "gap_shapes", "gap_panel", is_work=True)
TASKS = _component("tasks", "tasks", "stepping", "task_panel", is_work=True)
REPAIRS = _component(
    "repairs",
    "repairs",
    "stepping",
    "repair_panel",
    "report_links",
    is_work=True,
    style="tasks",
)
REVIEW = _component(
    "review",
    "review_words",
    "review",
    "review_acting",
    "review_rows",
    "review_conditions",
    "review_threads",
    "review_snapshot",
    is_work=True,
    style="reviews",
)
REVIEW_DESK = _component(
    "review_desk", "review_words", "review_desk", is_work=True, style="reviews"
)
REVIEW_COMPARE = _component(
    "review_compare", "review_words", "review_compare", is_work=True, style="reviews"
)
REVIEW_EDITIONS = _component(
    "review_editions", "review_words", "review_editions", is_work=True, style="reviews"
)
LISTS = _component(
    "lists",
    "lists",
    "list_import",
    "list_mapping",
    "list_settling",
    "list_changes",
    is_work=True,
)
PAPERS = _component("papers", "papers", "papers_year", is_work=True)
STOCKTAKES = _component("stocktakes", "stocktakes", "stocktake_panel", is_work=True)
PLAN = _component("plan", "plan", "plan_capacity", is_work=True)
REGISTER = _component(
    "register",
    "register",
    "register_panel",
    "register_papers",
    "register_bulk",
    "register_files",
    is_work=True,
)
DUE = _component("due", "due", "due_panel", is_work=True)
CONDITIONS = _component(
    "conditions", "keeping", "conditions", "condition_panel", is_work=True, style="keeping"
)
STAFF = _component(
    "staff",
    "keeping",
    "keeping_files",
    "staff",
    "staff_proof",
    "staff_panel",
    is_work=True,
    style="keeping",
)
PLACES = _component(
    "places", "keeping", "keeping_files", "places", "room_panel", is_work=True, style="keeping"
)
CONSUMABLES = _component(
    "consumables",
    "keeping",
    "keeping_files",
    "consumables",
    "consumable_panel",
    is_work=True,
    style="keeping",
)
INBOX = _component("inbox", "inbox", "inbox_settings", "inbox_groups", is_work=True)
BOOKINGS = _component(
    "bookings",
    "week_slots",
    "week_grid",
    "booking_form",
    "booking_panel",
    "bookings_mine",
    "booking_rigs",
    "booking_instead",
    "free_search",
    "bookings",
    is_work=True,
)
UTILISATION = _component(
    "utilisation",
    "week_slots",
    "utilisation_charts",
    "utilisation_bench",
    "utilisation_income",
    "utilisation_unbooked",
    "utilisation",
    is_work=True,
)
SHARING = _component(
    "sharing",
    "week_slots",
    "sharing_finding",
    "sharing_requests",
    "sharing_own",
    "sharing",
    is_work=True,
)
SCHOOL_SETTINGS = _component(
    "school_settings",
    "week_slots",
    "settings_feeds",
    "settings_calendar",
    "settings_policies",
    "settings_policy_form",
    "settings_policy_trial",
    "settings_timetable",
    "school_settings",
    is_work=True,
)
BADGE = _component("badge")
LOGIN = _component("login", isolated=False)  # password managers do not look into shadow trees
LOGOUT = _component("logout")
MARK = _text("mark.svg")
PAGE_STYLE = f"<style>{_text('page.css')}</style>"


def mount(component: Callable[..., Any], key: str, data: Mapping[str, Any]) -> Wish | None:
    """Show a component; returns where the user's click wants to go, None without a click."""
    result = component(key=key, data=dict(data), on_go_change=lambda: None)
    go = result.get("go")
    if not isinstance(go, Mapping):
        return None
    query = {str(name): str(value) for name, value in dict(go.get("query", {})).items()}
    return Wish(str(go.get("page", "")), query)
