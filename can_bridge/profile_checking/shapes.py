"""Whether TOML tables are what the record types say: every unknown, wrong or missing key."""

from collections.abc import Mapping
from typing import Any

import msgspec

from can_bridge.profile_checking.expectations import element_of, expected, placeholder
from can_bridge.profile_checking.findings import (
    Keys,
    Remark,
    Text,
    did_you_mean,
    error,
    one_of,
)
from can_bridge.profile_tables import Profile

_LONGEST_SHOWN = 40


def profile_of(tables: Mapping[str, Any]) -> tuple[Profile, list[Remark]]:
    """The profile these tables describe, and everything in them that does not fit.

    What does not fit is replaced by its default, or by any value of its type, so that the rest
    can be checked against each other. Without remarks the profile is exactly as written.
    """
    shaper = _Shaper()
    fitting = shaper.record(tables, Profile, ())
    return msgspec.convert(fitting, Profile), shaper.remarks


class _Shaper:
    def __init__(self) -> None:
        self.remarks: list[Remark] = []

    def record(self, raw: object, kind: type[msgspec.Struct], keys: Keys) -> dict[str, Any]:
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        fitting = {
            name: placeholder(field.type) for name, field in fields.items() if field.required
        }
        if not isinstance(raw, dict):
            self._wrong(keys, Text("表", "a table"), raw)
            return fitting
        for name, value in raw.items():
            if name not in fields:
                self._unknown(keys, name, list(fields))
                continue
            fits, taken = self._value(value, fields[name].type, (*keys, name))
            if fits:
                fitting[name] = taken
        for name, field in fields.items():
            if field.required and name not in raw:
                self._missing(keys, name, expected(field.type))
        return fitting

    def _value(self, raw: object, kind: Any, keys: Keys) -> tuple[bool, Any]:  # noqa: ANN401
        nesting, record = element_of(kind)
        if record is None:
            return self._plain(raw, kind, keys)
        if nesting == "one":
            return True, self.record(raw, record, keys)
        if nesting == "list":
            return self._list(raw, record, keys)
        return self._named(raw, record, keys)

    def _plain(self, raw: object, kind: Any, keys: Keys) -> tuple[bool, Any]:  # noqa: ANN401
        try:
            msgspec.convert(raw, kind)
        except msgspec.ValidationError:
            self._wrong(keys, expected(kind), raw)
            return False, None
        return True, raw

    def _list(
        self, raw: object, record: type[msgspec.Struct], keys: Keys
    ) -> tuple[bool, list[Any]]:
        if not isinstance(raw, list):
            name = str(keys[-1])
            self._wrong(keys, Text(f"写成 [[{name}]] 的表", f"tables written as [[{name}]]"), raw)
            return False, []
        return True, [
            self.record(entry, record, (*keys, position)) for position, entry in enumerate(raw)
        ]

    def _named(
        self, raw: object, record: type[msgspec.Struct], keys: Keys
    ) -> tuple[bool, dict[str, Any]]:
        name = str(keys[-1])
        if not isinstance(raw, dict):
            self._wrong(keys, Text(f"写成 [{name}.名称] 的表", f"tables as [{name}.NAME]"), raw)
            return False, {}
        for key in raw:
            self._check_name(key, (*keys, key))
        return True, {
            key[:128] or "_": self.record(entry, record, (*keys, key)) for key, entry in raw.items()
        }

    def _check_name(self, key: str, keys: Keys) -> None:
        if not 0 < len(key) <= 128:  # noqa: PLR2004 -- as SignalKey says
            told = Text("名称要有 1 到 128 个字符", "a name has 1 to 128 characters")
            self.remarks.append(error(keys, *told))

    def _unknown(self, keys: Keys, name: str, known: list[str]) -> None:
        hint = did_you_mean(name, known) or one_of(known)
        self.remarks.append(
            error((*keys, name), f"没有名为 {name} 的键", f"no key is called {name!r}", hint)
        )

    def _wrong(self, keys: Keys, wanted: Text, raw: object) -> None:
        told = _shown(raw)
        self.remarks.append(
            error(keys, f"应为{wanted.zh}，写的是 {told}", f"expected {wanted.en}, got {told}")
        )

    def _missing(self, keys: Keys, name: str, wanted: Text) -> None:
        self.remarks.append(
            error(
                (*keys, name),
                f"缺少 {name}：{wanted.zh}",
                f"{name} is missing: {wanted.en}",
            )
        )


def _shown(raw: object) -> str:
    match raw:
        case bool():
            return str(raw).lower()
        case str():
            text = f'"{raw}"'
        case dict():
            return "{…}"
        case list():
            text = "[" + ", ".join(map(_shown, raw[:3])) + (", …]" if len(raw) > 3 else "]")  # noqa: PLR2004
        case _:
            text = str(raw)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
