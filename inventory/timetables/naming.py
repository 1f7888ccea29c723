"""How what a school calls its things and people becomes what can be booked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from inventory.accounts.table import User
from inventory.benches.table import Bench
from inventory.bookable import Resource, ResourceKind
from inventory.equipment.table import Equipment
from inventory.errors import Invalid
from inventory.places.table import RoomRow, WorkstationRow
from inventory.staff.table import StaffRow
from inventory.timetables.cell_words import Known, Lexicon, people_variants, variants


@dataclass(frozen=True, slots=True)
class WordsDecided:
    """What a person says words of a file mean: keys of things, user names.

    Nothing means that a thing is none of the school's to book, or that somebody has no account.
    """

    things: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


def lexicon_of(db: Session, organisation_code: str, decided: WordsDecided) -> Lexicon:
    """What names mean in a school, a person's word before its registers'.

    Things go by their key, code, number and name; people of the staff by their number alone, which
    is no secret. One statement a kind.

    Raises:
        Invalid: a decision names no thing, or nobody, of the school.
    """
    things, people = _things_of(db, organisation_code), _people_of(db, organisation_code)
    keys = {key for found in things.values() for key in found}
    names = {name for found in people.values() for name in found}
    for word, key in decided.things.items():
        if key and key not in keys:
            raise Invalid("settled", f"for {word!r} the key of a thing of {organisation_code}")
        things |= dict.fromkeys(variants(word)[:2], frozenset({key} - {""}))
    for word, name in decided.people.items():
        if name and name not in names:
            raise Invalid("settled", f"for {word!r} a user name of {organisation_code}")
        people |= dict.fromkeys(people_variants(word)[:1], frozenset({name} - {""}))
    return Lexicon(things, people)


def _things_of(db: Session, organisation_code: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for kind, code, names in _called(db, organisation_code):
        thing = Resource(kind, organisation_code, code)
        for name in filter(None, (thing.key, code, *names)):
            for folded in variants(name)[:2]:
                found.setdefault(folded, set()).add(thing.key)
    return {name: frozenset(things) for name, things in found.items()}


def _called(db: Session, own: str) -> Iterator[tuple[ResourceKind, str, tuple[str, ...]]]:
    for bench in db.exec(select(Bench).where(Bench.organisation_code == own)).all():
        yield ResourceKind.BENCH, bench.code, (bench.name_zh, bench.name_en)
    for room in db.exec(select(RoomRow).where(RoomRow.organisation_code == own)).all():
        yield ResourceKind.ROOM, room.code, (room.name_zh,)
    plain = (
        (ResourceKind.WORKSTATION, WorkstationRow.code, WorkstationRow.organisation_code),
        (ResourceKind.EQUIPMENT, Equipment.asset_number, Equipment.organisation_code),
        (ResourceKind.PERSON, StaffRow.number, StaffRow.organisation_code),
    )
    for kind, code, owner in plain:
        for found in db.exec(select(code).where(col(owner) == own)).all():
            yield kind, found, ()


def _people_of(db: Session, organisation_code: str) -> dict[str, frozenset[str]]:
    """User names by what people are called, of an organisation's accounts that are open."""
    query = select(User.username, User.name).where(
        User.organisation_code == organisation_code, col(User.is_disabled).is_(False)
    )
    found: dict[str, set[str]] = {}
    for username, name in db.exec(query).all():
        for called in filter(None, (username, name)):
            found.setdefault(people_variants(called)[0], set()).add(username)
    return {called: frozenset(names) for called, names in found.items()}


def things_shown(db: Session, organisation_code: str) -> list[tuple[str, str]]:
    """Keys of all of an organisation's things with what they are called, by kind and code."""
    called = _called(db, organisation_code)
    return [
        (Resource(kind, organisation_code, code).key, " ".join((code, *names[:1])).strip())
        for kind, code, names in called
    ]


def people_shown(db: Session, organisation_code: str) -> list[tuple[str, str]]:
    """User names of an organisation's open accounts with what people are called, by that."""
    query = select(User.username, User.name).where(
        User.organisation_code == organisation_code, col(User.is_disabled).is_(False)
    )
    return sorted(
        ((username, name or username) for username, name in db.exec(query).all()),
        key=lambda one: (one[1], one[0]),
    )


def suggested(word: str, known: Known) -> str:
    """The one person whose name begins as a word such as 张老师 does; empty: none, or several."""
    surname = people_variants(word)[-1]
    found = {
        name for called, names in known.items() if called.startswith(surname) for name in names
    }
    return found.pop() if len(found) == 1 and surname else ""
