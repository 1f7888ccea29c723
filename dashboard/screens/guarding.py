"""What stands in a page's place when the API gives it no answer, or a refusal."""

from collections.abc import Callable

from dashboard import trouble
from dashboard.api_client import ApiClient, ApiRefused, ApiUnreachable, NotLoggedIn
from dashboard.frame import Frame
from dashboard.screens import login

Show = Callable[[ApiClient, Frame], None]
NOT_FOUND = 404


def show_guarded(show: Show, client: ApiClient, frame: Frame) -> None:
    """Show a page, or what is the matter; a login that ended leads to the login page."""
    try:
        show(client, frame)
    except NotLoggedIn:
        login.show(frame.lang, has_head=True)
    except ApiRefused as refused:
        trouble.show_refused(frame.lang, is_unknown=refused.status == NOT_FOUND)
    except ApiUnreachable as unreachable:
        trouble.log_unreachable(unreachable)
        trouble.show_unreachable(frame.lang)
