"""A fault of a simulated bench of the demo, for as long as a test looks at it."""

import contextlib
from collections.abc import Iterator

from device_sims.injections import InjectionFolder
from tests.e2e.conftest import Demo


@contextlib.contextmanager
def fault(demo: Demo, bench: str, name: str) -> Iterator[None]:
    """What `sim fault` and `sim clear` do, without a process of their own; these are tried too."""
    injections = InjectionFolder(demo.folder / "sims")
    injections.inject(bench, name)
    try:
        yield
    finally:
        injections.clear(bench)
