"""A frozen picture of a check: complete, in one canonical text, with its hash (pure)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_jsonable_python

from inventory.equipment.rules import EquipmentItem
from inventory.readiness.findings import NOTHING_ASKED, Readiness
from inventory.requirements.rules import Requirement

FORM = 2
"""Version of the text's form; readers of old texts go by it. 1 had no conditions."""


@dataclass(frozen=True, slots=True)
class Pictured:
    """All that a check rested on and what it said, of every module and level of a station.

    `conditions` are those beyond equipment, as the API shows them.
    """

    station: Mapping[str, Any]
    taken_at: datetime
    list_version: str
    list_sha256: str
    requirements: Sequence[Requirement]
    equipment: Sequence[EquipmentItem]
    answers: Sequence[Readiness]
    conditions: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The canonical text and its SHA-256 in hexadecimal.

    `binding_count` is over all modules and levels: a finding that several report is one thing to
    mend, and what the list has nothing for is none.
    """

    text: str
    sha256: str
    list_version: str
    binding_count: int


def frozen(picture: Pictured) -> Snapshot:
    """Freeze a picture: keys sorted, no spaces, UTF-8; equal pictures have equal texts."""
    content = {
        "form": FORM,
        "station": picture.station,
        "taken_at": picture.taken_at,
        "list": {
            "version": picture.list_version,
            "sha256": picture.list_sha256,
            "rows": picture.requirements,
        },
        "equipment": picture.equipment,
        "answers": picture.answers,
        "conditions": picture.conditions,
    }
    text = canonical(content)
    return Snapshot(text, hash_of(text), picture.list_version, _binding(picture.answers))


def _binding(answers: Sequence[Readiness]) -> int:
    binding = (one for answer in answers for one in answer.findings if one.is_binding)
    return len({(one.row_id, one.kind) for one in binding if one.kind not in NOTHING_ASKED})


def canonical(content: object) -> str:
    """The one way a content is spelled; sets are sorted, since they have no order of their own."""
    plain = to_jsonable_python(_ordered(content))
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _ordered(value: object) -> object:
    if is_dataclass(value):
        return {one.name: _ordered(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _ordered(item) for name, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_ordered(item) for item in value), key=str)
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    return value
