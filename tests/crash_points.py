"""A process that dies at every single step it takes on the file system, one step a time."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

DIED, ENDED = 9, 0
_STEPS = frozenset(
    {
        *("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod"),
        *("shutil.copyfile", "shutil.rmtree", "sqlite3.connect", "tempfile.mkdtemp"),
    }
)


def deaths(act: Callable[[], object], limit: int = 500) -> Iterator[int]:
    """Do `act` in a child that dies at its first, second, third … step; yields after each death.

    Ends when the child lived to the end; what is yielded is the number of the step.
    """
    for step in range(1, limit):
        pid = os.fork()
        if pid == 0:
            _die_at(step, act)
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == ENDED:
            return
        assert code == DIED, f"step {step}: the child ended with {code}"
        yield step
    raise AssertionError(f"not done within {limit} steps")


def _die_at(step: int, act: Callable[[], object]) -> None:
    left = step

    def count(event: str, words: tuple[Any, ...]) -> None:
        nonlocal left
        is_step = event in _STEPS or (event == "open" and _is_writing(words))
        left -= is_step
        if not left:
            os._exit(DIED)

    sys.addaudithook(count)
    try:
        act()
        os._exit(ENDED)
    except BaseException:  # noqa: BLE001 -- the parent tells of it by the code
        sys.excepthook(*sys.exc_info())
        os._exit(1)


def _is_writing(words: tuple[Any, ...]) -> bool:
    mode = words[1] if len(words) > 1 else ""
    return isinstance(mode, str) and any(sign in mode for sign in "wax+")
