"""The signals a profile speaks of, and whether its DBCs have them."""

from collections.abc import Iterator, Sequence

from can_bridge.profile_checking.contradictions import condition_or_remark
from can_bridge.profile_checking.findings import Keys, Remark, Text, did_you_mean, error
from can_bridge.profile_tables import Profile
from can_bridge.wire_names import WireNames

BusKeys = Sequence[tuple[str, Sequence[str]]]
"""Name of each bus with the `Message.Signal` keys of its DBC."""


def unknown_signals(profile: Profile, buses: BusKeys, named: WireNames) -> Iterator[Remark]:
    """Signals the profile speaks of and no DBC has; `named` are the names of those it has."""
    all_keys = sorted({key for _, keys in buses for key in keys})
    full_keys = sorted(f"{bus}/{key}" for bus, keys in buses for key in keys)
    for name in named.absent:
        source = profile.signals[name].source
        place: Keys = ("signals", name, "source") if source else ("signals", name)
        yield error(
            place,
            f"台架的 DBC 里没有信号 {source or name!r}",
            f"no DBC of this bench has {source or name!r}",
            did_you_mean(source or name, full_keys if "/" in source else all_keys),
        )
    # a table whose source is wrong is told once, not again where its name is used
    known = sorted({*named.all_names(), *profile.signals})
    for name, place in _used_names(profile):
        if name not in known:
            yield _unknown(name, place, known, _called(name, buses, named))


def _unknown(name: str, place: Keys, known: list[str], called: list[str]) -> Remark:
    hint = did_you_mean(name, known)
    if called:
        # the DBC's own name was used where the profile gave it another
        spelled = ", ".join(called)
        hint = Text(f"在本配置中写作：{spelled}", f"called here: {spelled}")
    return error(place, f"没有信号 {name!r}", f"unknown signal {name!r}", hint)


def _called(name: str, buses: BusKeys, named: WireNames) -> list[str]:
    return sorted(
        {
            wire
            for bus, keys in buses
            for wire, key in zip(named.names[bus], keys, strict=True)
            if name in {key, key.rpartition(".")[2]}
        }
    )


def _used_names(profile: Profile) -> Iterator[tuple[str, Keys]]:
    for text, place in conditions_of(profile):
        understood = condition_or_remark(text, place)
        if not isinstance(understood, Remark):
            yield from ((name, place) for name in sorted(understood.names))
    for position, fault in enumerate(profile.faults):
        for element, name in enumerate(fault.freeze):
            yield name, ("faults", position, "freeze", element)
    for position, flags in enumerate(profile.alarm_flags):
        yield flags.signal, ("alarm_flags", position, "signal")
        if flags.level_signal:
            yield flags.level_signal, ("alarm_flags", position, "level_signal")
    for element, name in enumerate(profile.diagnostics.vin_signals):
        yield name, ("diagnostics", "vin_signals", element)


def conditions_of(profile: Profile) -> Iterator[tuple[str, Keys]]:
    """Every condition with its place."""
    if profile.usage is not None:
        yield profile.usage.in_use, ("usage", "in_use")
    for position, fault in enumerate(profile.faults):
        yield fault.condition, ("faults", position, "condition")
