"""What the Linux kernel says of a CAN interface: asked over netlink, no program needed."""

import errno
import os
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = struct.Struct("=IHHII")
_LINK = struct.Struct("=BxHiII")
_ATTRIBUTE = struct.Struct("=HH")
_REQUEST, _GET_LINK, _ERROR = 0x01, 18, 0x02
_IS_UP = 0x01
_CAN_HARDWARE = 280
_LINK_INFO, _INFO_KIND, _INFO_DATA, _NAME = 18, 1, 2, 3
_CAN_BIT_TIMING, _CAN_MODE, _CAN_DATA_BIT_TIMING = 1, 5, 9
_LISTEN_ONLY = 0x02
_TYPE_MASK = 0x3FFF
"""linux/netlink.h, rtnetlink.h, if_link.h, can/netlink.h; the upper bits of a type are flags."""
_WORD_BYTES = 4
_ANSWER_BYTES = 65536
_ANSWER_WITHIN_S = 2.0


class NoSuchLink(Exception):
    """The kernel knows no interface of that name."""


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """An interface as it is set up; `bitrate` is 0 where the driver does not tell.

    `kind` is `can` for controllers, `vcan` or `vxcan` for links without wires.
    """

    name: str
    is_can: bool
    is_up: bool
    kind: str
    is_listen_only: bool
    bitrate: int
    data_bitrate: int = 0

    @property
    def has_wires(self) -> bool:
        """Whether there is a bus that could notice us."""
        return self.kind not in {"vcan", "vxcan"}


def ask(name: str) -> LinkFacts:
    """Ask the running kernel.

    Raises:
        NoSuchLink: there is no such interface.
        OSError: no netlink here, or no answer.
    """
    wanted = name.encode() + b"\0"
    attribute = _ATTRIBUTE.pack(_ATTRIBUTE.size + len(wanted), _NAME) + wanted
    body = _LINK.pack(0, 0, 0, 0, 0) + attribute.ljust(-(-len(attribute) // 4) * 4, b"\0")
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(_ANSWER_WITHIN_S)
        kernel.send(_HEADER.pack(_HEADER.size + len(body), _GET_LINK, _REQUEST, 1, 0) + body)
        return read_answer(name, kernel.recv(_ANSWER_BYTES))


def read_answer(name: str, answer: bytes) -> LinkFacts:
    """Read the kernel's answer to a question for one link.

    Raises:
        NoSuchLink: it knows none.
        OSError: it refuses to say.
    """
    length, kind, *_ = _HEADER.unpack_from(answer)
    if kind == _ERROR:
        code = -struct.unpack_from("=i", answer, _HEADER.size)[0]
        if code in (errno.ENODEV, errno.EINVAL, errno.ERANGE):
            raise NoSuchLink(name)
        raise OSError(code, os.strerror(code))
    _, hardware, _, flags, _ = _LINK.unpack_from(answer, _HEADER.size)
    told = dict(_attributes(answer[_HEADER.size + _LINK.size : length]))
    info = dict(_attributes(told.get(_LINK_INFO, b"")))
    can = dict(_attributes(info.get(_INFO_DATA, b"")))
    return LinkFacts(
        name,
        is_can=hardware == _CAN_HARDWARE,
        is_up=bool(flags & _IS_UP),
        kind=info.get(_INFO_KIND, b"").rstrip(b"\0").decode("ascii", "replace"),
        is_listen_only=bool(_word(can.get(_CAN_MODE, b""), 1) & _LISTEN_ONLY),
        bitrate=_word(can.get(_CAN_BIT_TIMING, b""), 0),
        data_bitrate=_word(can.get(_CAN_DATA_BIT_TIMING, b""), 0),
    )


def _word(record: bytes, place: int) -> int:
    """A 32-bit word of a record; 0 where the kernel gave none."""
    start = place * _WORD_BYTES
    return int.from_bytes(record[start : start + _WORD_BYTES], sys.byteorder)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    start = 0
    while start + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, start)
        if length < _ATTRIBUTE.size:
            return
        yield kind & _TYPE_MASK, data[start + _ATTRIBUTE.size : start + length]
        start += -(-length // 4) * 4
