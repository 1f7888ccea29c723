"""Which language a visitor reads: a query parameter, kept over pages and links."""

import streamlit as st

from dashboard.wording import Lang

PARAMETER = "lang"


def chosen() -> Lang:
    """The language of this run: the address wins, then what was chosen before, then Chinese."""
    for wanted in (st.query_params.get(PARAMETER), st.session_state.get(PARAMETER)):
        if wanted in {lang.value for lang in Lang}:
            lang = Lang(wanted)
            break
    else:
        lang = Lang.ZH
    keep(lang)
    return lang


def keep(lang: Lang) -> None:
    """Remember the language for the next page and show it in the address; Chinese needs no word."""
    st.session_state[PARAMETER] = lang.value
    if lang is Lang.ZH:
        st.query_params.pop(PARAMETER, None)
    elif st.query_params.get(PARAMETER) != lang.value:
        st.query_params[PARAMETER] = lang.value


def in_links(lang: Lang) -> dict[str, str]:
    """What a link carries so that the page behind it speaks the same language."""
    return {} if lang is Lang.ZH else {PARAMETER: lang.value}
