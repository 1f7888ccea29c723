"""What a bench tells of its diagnostics from second to second."""

from typing import Annotated

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=0, lt=2**53)]
"""Every whole number has a limit: the store takes 64 bits, a browser counts exactly to 2**53."""


class DiagnosticsCounts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Diagnostics since the bridge started.

    `is_armed`: somebody at the bench allows the bridge to ask, for a while. `sent` and `refused`
    are frames at the transmit gate. Overheard were `messages`, `broken` ones that lack a frame,
    and `unasked` answers whose question was not heard. `passed_over` are reported codes and
    freezes beyond what a bench can have at once.
    """

    is_armed: bool = False
    sent: Count = 0
    refused: Count = 0
    messages: Count = 0
    broken: Count = 0
    unasked: Count = 0
    passed_over: Count = 0
