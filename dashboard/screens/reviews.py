"""The pages of the guide's workflow: all stations, one review, comparison, effect of an edition."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard import choices, listings_reviews
from dashboard.api_client import ApiClient
from dashboard.components import mounting
from dashboard.frame import Frame
from dashboard.listings_health import may
from dashboard.trouble import last_known
from inventory.accounts.rules import Action
from inventory.reviews.rules import Side

VIEWS = ("desk", "compare", "editions")
PARAMETERS = ("show", "then", "later", "reviews", "since", "list")
PAGE_HEIGHT = 560
MAX_ID = 2**31 - 1


def show(client: ApiClient, frame: Frame) -> None:
    """Show what the address asks for: one review, or one of the views over all stations."""
    # read before a choice rewrites the address
    asked = {name: st.query_params.get(name) for name in PARAMETERS}
    is_outside = not may(frame.me, Action.READ_REVIEW)
    review_id = None if is_outside else _review_id()
    side = listings_reviews.side_of(frame.me)
    is_ours = side == Side.EVALUATION
    with frame.head(frame.say("desk.title_evaluation" if is_ours else "desk.title_school")):
        view = "desk" if is_outside or review_id is not None else _view(frame, is_ours=is_ours)
    if is_outside:
        with st.container(border=True, key="reviews-outside"):
            st.write(frame.say("desk.visitor"))
        return
    if review_id is not None:
        _show_one(client, frame, review_id, asked)
        return
    choices.keep_in_query({"view": None if view == "desk" else view})
    frame.follow(mounting.mount(_COMPONENTS[view], f"reviews-{view}", _data(frame, asked)))


def _review_id() -> int | None:
    wanted = st.query_params.get("review") or ""
    return int(wanted) if wanted.isdecimal() and 0 < int(wanted) <= MAX_ID else None


def _view(frame: Frame, *, is_ours: bool) -> str:
    names = {
        "desk": frame.say("desk.view_desk_evaluation" if is_ours else "desk.view_desk_school"),
        "compare": frame.say("desk.view_compare"),
        "editions": frame.say("desk.view_editions"),
    }
    key = "reviews-view"

    def switch() -> None:
        choices.keep_in_query({"view": st.session_state.get(key)})

    # links of this very page lead to other views, so the address wins over what was picked before
    wanted = choices.from_query("view", VIEWS, "desk")
    st.session_state[key] = wanted
    st.segmented_control(
        frame.say("desk.view"),
        VIEWS,
        required=True,
        format_func=lambda value: names[value],
        key=key,
        on_change=switch,
        label_visibility="collapsed",
    )
    return wanted


def _show_one(
    client: ApiClient, frame: Frame, review_id: int, asked: Mapping[str, str | None]
) -> None:
    with st.skeleton(PAGE_HEIGHT):
        review = last_known(f"review-{review_id}", lambda: client.review(review_id)).value
        stations = last_known("stations", client.stations).value
    station = next(one for one in stations if one.code == review.station_code)
    data = _data(frame, asked) | {"review": review_id, "station": station.model_dump(mode="json")}
    frame.follow(mounting.mount(mounting.REVIEW, f"review-{review_id}", data))


def _data(frame: Frame, asked: Mapping[str, str | None]) -> dict[str, object]:
    return listings_reviews.data(frame.me, asked, lang=frame.lang)


_COMPONENTS: Mapping[str, Callable[..., object]] = {
    "desk": mounting.REVIEW_DESK,
    "compare": mounting.REVIEW_COMPARE,
    "editions": mounting.REVIEW_EDITIONS,
}
