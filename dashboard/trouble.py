"""What a page shows when something fails: what, since when the data are, and a way to go on."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

import streamlit as st

from dashboard.api_client import ApiUnreachable
from dashboard.wording import Lang, say

T = TypeVar("T")
log = logging.getLogger(__name__)
MAX_REMEMBERED = 12
"""Answers a browser tab keeps; a matrix of 20 stations takes about 60 kB."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What the API said and when; `is_stale` when it gives no answer now."""

    value: T
    at: datetime
    is_stale: bool = False

    @property
    def stale_since(self) -> str | None:
        """When the data on the screen are from, where they are old."""
        return self.at.isoformat() if self.is_stale else None


def last_known(key: str, ask: Callable[[], T]) -> Answer[T]:
    """The API's answer, or the last one this browser tab had under the same key.

    Raises:
        ApiUnreachable: there is neither.
    """
    answers: dict[str, Answer[T]] = st.session_state.setdefault("last-known", {})
    try:
        answer = Answer(ask(), datetime.now(UTC))
    except ApiUnreachable:
        known = answers.get(key)
        if known is None:
            raise
        return Answer(known.value, known.at, is_stale=True)
    answers.pop(key, None)
    answers[key] = answer
    if len(answers) > MAX_REMEMBERED:
        del answers[next(iter(answers))]
    return answer


def log_unreachable(unreachable: ApiUnreachable) -> None:
    """Tell the log what the screen does not."""
    log.warning("the API gives no answer: %s", unreachable.reason)


def show_unreachable(lang: Lang) -> None:
    """The API gives no answer and there is nothing older to show."""
    with st.container(border=True, key="trouble"):
        st.subheader(say(lang, "trouble.unreachable"))
        st.write(say(lang, "trouble.unreachable_hint"))
        st.button(say(lang, "trouble.retry"), key="retry", type="primary")


def show_refused(lang: Lang, *, is_unknown: bool) -> None:
    """The API does not show this to this user."""
    with st.container(border=True, key="trouble"):
        stem = "trouble.not_found" if is_unknown else "trouble.not_allowed"
        st.subheader(say(lang, stem))
        st.write(say(lang, f"{stem}_hint"))


def show_defect(lang: Lang) -> None:
    """A page failed by a defect of its own; the log has it."""
    st.error(say(lang, "trouble.defect_hint"), title=say(lang, "trouble.defect"))
