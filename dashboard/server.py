"""The dashboard as an ASGI app, to be mounted beside the API in the same process."""

import logging
from pathlib import Path

import streamlit as st
from streamlit import config

from dashboard import language, trouble
from dashboard.theme import OPTIONS

SCRIPT = Path(__file__).with_name("app.py")
log = logging.getLogger(__name__)


def streamlit_app() -> st.App:
    """Make the app; mount it at `/` and hand its `lifespan()` to the app it is mounted on.

    The pages ask the API at STATIONMASTER_API_URL. There can be one such app per process, since
    Streamlit's options are those of the process.
    """
    app = st.App(SCRIPT, on_script_error=_on_script_error)
    for name, value in OPTIONS.items():
        config.set_option(name, value)
    return app


def _on_script_error(error: Exception) -> bool:
    log.error("a page failed", exc_info=error)
    trouble.show_defect(language.chosen())
    return True
