"""Ports for servers that are started later."""

import random
import socket

_OURS = range(12_000, 32_000)
"""Chosen: below what any system deals out by itself (Linux from 32768 on).

Between our asking and the server's start somebody else would now and then be given the port.
"""
_given: set[int] = set()


def a_free_port() -> int:
    """A port nobody listens at on loopback, never the same twice in one process."""
    # hypothesis seeds the usual one
    chance = random.SystemRandom()
    while True:
        port = chance.choice(_OURS)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
