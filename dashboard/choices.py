"""What a page was asked for by its address, and the address that asks for it again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

CHINA = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The day it is where the stations are."""
    return datetime.now(CHINA).date()


def from_query(name: str, options: Sequence[str], default: str) -> str:
    """The address's value where it is one of the options, else the default."""
    wanted = st.query_params.get(name)
    return wanted if wanted is not None and wanted in options else default


def is_odd(name: str, options: Sequence[str]) -> str | None:
    """The address's value where there is one that is no option."""
    wanted = st.query_params.get(name)
    return None if wanted is None or wanted in options else wanted


def date_from_query(name: str = "date") -> date | None:
    """The address's date; None where there is none or it is not one."""
    try:
        return date.fromisoformat(st.query_params.get(name) or "")
    except ValueError:
        return None


def keep_in_query(values: Mapping[str, str | None]) -> None:
    """Let the address say what is shown, so that it can be sent to somebody; None says nothing."""
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value
