"""The script Streamlit runs for every visitor: who is it, which page, which language."""

import os
from collections.abc import Mapping

import httpx2
import streamlit as st

from dashboard import language, trouble
from dashboard.api_client import (
    COOKIE,
    DEFAULT_URL,
    ApiClient,
    ApiUnreachable,
    NotLoggedIn,
)
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.screens import (
    bookings,
    conditions,
    consumables,
    due,
    gaps,
    health,
    history,
    inbox,
    lists,
    live_bench,
    login,
    papers,
    places,
    plan,
    rectifications,
    register,
    repairs,
    reviews,
    school_settings,
    sharing,
    staff,
    station,
    stations,
    stocktakes,
    utilisation,
)
from dashboard.screens.guarding import Show, show_guarded
from dashboard.wording import Lang, say

PAGES: Mapping[str, tuple[Show, str]] = {
    "stations": (stations.show, ":material/grid_on:"),
    "station": (station.show, ":material/fact_check:"),
    "bookings": (bookings.show, ":material/calendar_month:"),
    "sharing": (sharing.show, ":material/share:"),
    "utilisation": (utilisation.show, ":material/bar_chart:"),
    "gaps": (gaps.show, ":material/checklist:"),
    "rectifications": (rectifications.show, ":material/task_alt:"),
    "conditions": (conditions.show, ":material/rule:"),
    "staff": (staff.show, ":material/groups:"),
    "register": (register.show, ":material/inventory_2:"),
    "places": (places.show, ":material/meeting_room:"),
    "consumables": (consumables.show, ":material/inventory_2:"),
    "due": (due.show, ":material/event:"),
    "inbox": (inbox.show, ":material/mail:"),
    "lists": (lists.show, ":material/list_alt:"),
    "plan": (plan.show, ":material/route:"),
    "reviews": (reviews.show, ":material/gavel:"),
    "repairs": (repairs.show, ":material/build:"),
    "stocktakes": (stocktakes.show, ":material/qr_code_scanner:"),
    "papers": (papers.show, ":material/description:"),
    "bench": (live_bench.show, ":material/monitoring:"),
    "school_settings": (school_settings.show, ":material/tune:"),
    "history": (history.show, ":material/history:"),
    "health": (health.show, ":material/monitor_heart:"),
}

# pages behind a heading of the menu; the others stand in it by themselves
GROUPS: Mapping[str, tuple[str, ...]] = {
    "keeping": (
        "register",
        "staff",
        "places",
        "consumables",
        "conditions",
        "stocktakes",
        "repairs",
        "school_settings",
    ),
    "review": ("lists", "plan", "reviews", "papers"),
    "benches": ("history", "utilisation", "health"),
}


@st.cache_resource
def _transport() -> httpx2.HTTPTransport:
    # the API is this very process, or a neighbour an operator chose
    return httpx2.HTTPTransport(limits=httpx2.Limits(max_keepalive_connections=20))


def _client() -> ApiClient:
    url = os.environ.get("STATIONMASTER_API_URL", DEFAULT_URL).rstrip("/")
    return ApiClient(url, st.context.cookies.get(COOKIE), _transport())


def _run_pages(client: ApiClient, lang: Lang) -> None:
    pages: dict[str, st.Page] = {}

    def go(name: str, query: Mapping[str, str]) -> None:
        if name in pages:
            st.switch_page(pages[name], query_params=dict(query))

    frame = Frame(lang, client.me(), go)
    for name, (show, icon) in PAGES.items():
        pages[name] = st.Page(
            lambda show=show: show_guarded(show, client, frame),  # type: ignore[misc]
            title=say(lang, f"page.{name}"),
            icon=icon,
            url_path=name,
            default=name == "stations",
        )
    grouped = {name for names in GROUPS.values() for name in names}
    menu = {"": [page for name, page in pages.items() if name not in grouped]}
    for group, names in GROUPS.items():
        menu[say(lang, f"menu.{group}")] = [pages[name] for name in names]
    st.navigation(menu, position="top").run()


def main() -> None:
    """One run of the script."""
    lang = language.chosen()
    st.set_page_config(say(lang, "app.title"), mounting.MARK, layout="wide")
    st.logo(mounting.MARK, size="medium")
    st.html(mounting.PAGE_STYLE)
    try:
        _run_pages(_client(), lang)
    except NotLoggedIn:
        login.show(lang)
    except ApiUnreachable as unreachable:
        trouble.log_unreachable(unreachable)
        trouble.show_unreachable(lang)


main()
