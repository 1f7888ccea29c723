"""What surrounds every page: title, language, who is logged in, and the way to other pages."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from dashboard import language, listings_health
from dashboard.api_client import API
from dashboard.components import mounting
from dashboard.components.mounting import Wish
from dashboard.wording import Lang, say, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me

Go = Callable[[str, Mapping[str, str]], None]
LANGUAGE_NAMES = {Lang.ZH: "中文", Lang.EN: "EN"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page knows of its visitor; `go` leads to another page and does not return."""

    lang: Lang
    me: Me
    go: Go

    def say(self, key: str, **values: object) -> str:
        """A text in the visitor's language."""
        return say(self.lang, key, **values)

    def follow(self, wish: Wish | None) -> None:
        """Go where a click in a component wants to go."""
        if wish is not None:
            self.go(wish.page, wish.query)

    @contextmanager
    def head(self, title: str) -> Iterator[None]:
        """The header row; what is drawn inside stands between title and language."""
        row = st.container(
            horizontal=True, vertical_alignment="center", key="frame-head", gap="small"
        )
        with row:
            st.title(title, anchor=False, width="content")
            with st.container(
                horizontal=True,
                vertical_alignment="center",
                key="frame-filters",
                width="content",
            ):
                yield
            st.space("stretch")
            self._badge()
            language_choice(self.lang)
            with st.popover(plain(self.me.name), icon=":material/account_circle:", key="account"):
                self._account()

    def empty(self, key: str) -> None:
        """One sentence instead of an empty page, and what will fill it."""
        with st.container(border=True, key="empty"):
            st.write(self.say(key))
            st.caption(self.say(f"{key}_hint"))

    def _badge(self) -> None:
        """How many messages are unread, and alerts open for those who may see them."""
        has_alerts = listings_health.may(self.me, Action.READ_DATA_HEALTH)
        data = listings_health.badge_data(self.lang, has_alerts=has_alerts)
        with st.container(key="frame-badge", width="content"):
            kept = {"keep": language.in_links(self.lang)}
            self.follow(mounting.mount(mounting.BADGE, "badge", data | kept))

    def _account(self) -> None:
        me = self.me
        name = me.organisation.name_zh
        if self.lang is Lang.EN:
            name = me.organisation.name_en or name
        st.markdown(f"**{plain(me.name)}** ({plain(me.username)})")
        st.caption(f"{self.say(f'role.{me.role.value}')} · {plain(name)}")
        if listings_health.may(me, Action.READ_STOCKTAKE):
            # a page of its own, for phones; it has its language from the address
            st.link_button(
                self.say("account.stocktake"),
                f"/stocktake/?{language.PARAMETER}={self.lang.value}",
                icon=":material/qr_code_scanner:",
            )
        home = "./" if self.lang is Lang.ZH else f"./?{language.PARAMETER}={self.lang.value}"
        data = {"api": API, "home": home, "texts": texts(self.lang, "account", "trouble")}
        mounting.mount(mounting.LOGOUT, "logout", data)


def language_choice(lang: Lang) -> None:
    """The switch between 中文 and English; the address follows."""
    key = "language-choice"

    def switch() -> None:
        picked = st.session_state.get(key)
        if picked:
            language.keep(Lang(picked))

    st.session_state[key] = lang.value
    st.segmented_control(
        "语言 Language",
        [one.value for one in Lang],
        required=True,
        format_func=lambda value: LANGUAGE_NAMES[Lang(value)],
        key=key,
        on_change=switch,
        label_visibility="collapsed",
    )


def plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>$:~" else sign for sign in text)
