"""The page of those who are not logged in."""

import streamlit as st

from dashboard.api_client import API
from dashboard.components import mounting
from dashboard.frame import language_choice
from dashboard.wording import Lang, say, texts


def show(lang: Lang, *, has_head: bool = False) -> None:
    """Ask for user name and password, below a page's header where one stands already."""
    with (
        st.container(horizontal_alignment="center", key="login-page"),
        st.container(key="login-card", width=420),
    ):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.title(say(lang, "login.title"), anchor=False, width="content")
            if not has_head:
                st.space("stretch")
                language_choice(lang)
        st.write(say(lang, "login.intro"))
        with st.container(border=True):
            data = {"api": API, "texts": texts(lang, "login", "trouble")}
            mounting.mount(mounting.LOGIN, "login", data)
        st.caption(say(lang, "login.help"))
