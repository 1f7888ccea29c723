"""What a record type expects of a value, in words; values and types are compared by msgspec."""

import msgspec
from msgspec import inspect

from can_bridge.profile_checking.findings import Text

_SIMPLE = {
    inspect.StrType: Text("文字（加引号）", 'text, as "…"'),
    inspect.BoolType: Text("true 或 false", "true or false"),
    inspect.DictType: Text("表", "a table"),
    inspect.StructType: Text("表", "a table"),
}


_EMPTY: dict[type[inspect.Type], object] = {
    inspect.StrType: "",
    inspect.BoolType: False,
    inspect.ListType: [],
    inspect.DictType: {},
    inspect.StructType: {},
}


def expected(kind: object) -> Text:
    """What may be written for a field of this type: kind of value, range, choices."""
    return _told(inspect.type_info(kind))


def placeholder(kind: object) -> object:
    """Any value of the type, to go on checking the rest after a wrong or missing one."""
    match inspect.type_info(kind):
        case inspect.IntType(ge=low) | inspect.FloatType(ge=low):
            return 1 if low is None else low
        case inspect.EnumType(cls=choices):
            return next(iter(choices)).value
        case inspect.LiteralType(values=values):
            return values[0]
        case other:
            return _EMPTY.get(type(other))


def _told(shape: inspect.Type) -> Text:
    match shape:
        case inspect.IntType():
            return _with_range(shape, "整数", "a whole number")
        case inspect.FloatType():
            return _with_range(shape, "数字", "a number")
        case inspect.EnumType() | inspect.LiteralType():
            return _choice(shape)
        case inspect.ListType(item_type=item):
            zh, en = _told(item)
            return Text(f"列表 […]，每项：{zh}", f"a list […], each {en}")
        case inspect.UnionType(types=types):
            told = [_told(one) for one in types if not isinstance(one, inspect.NoneType)]
            return Text("或".join(one.zh for one in told), " or ".join(one.en for one in told))
        case _:
            return _SIMPLE.get(type(shape), Text("值", "a value"))


def _choice(shape: inspect.EnumType | inspect.LiteralType) -> Text:
    values = (
        [one.value for one in shape.cls]
        if isinstance(shape, inspect.EnumType)
        else list(shape.values)
    )
    names = ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    return Text(f"{names} 之一", f"one of {names}")


def _with_range(shape: inspect.IntType | inspect.FloatType, zh: str, en: str) -> Text:
    above = shape.gt if shape.gt is not None else shape.ge
    below = shape.lt if shape.lt is not None else shape.le
    if isinstance(shape, inspect.IntType):
        # whole numbers have a next one, so that every bound can be an inclusive one
        above = above + 1 if shape.gt is not None and above is not None else above
        below = below - 1 if shape.lt is not None and below is not None else below
    elif shape.gt is not None:
        zh, en = f"大于 {_number(shape.gt)} 的{zh}", f"{en} above {_number(shape.gt)}"
        above = None
    if above is not None and below is not None:
        span = f"{_number(above)} … {_number(below)}"
        return Text(f"{zh}（{span}）", f"{en} ({span})")
    if above is not None:
        return Text(f"{zh}（不小于 {_number(above)}）", f"{en} (at least {_number(above)})")
    if below is not None:
        return Text(f"{zh}（不大于 {_number(below)}）", f"{en} (at most {_number(below)})")
    return Text(zh, en)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:g}"


def element_of(kind: object) -> tuple[str, type[msgspec.Struct] | None]:
    """How records nest in a field: `("one" | "list" | "named" | "", record type)`."""
    shape = inspect.type_info(kind)
    if isinstance(shape, inspect.UnionType):
        shapes = [one for one in shape.types if not isinstance(one, inspect.NoneType)]
        shape = shapes[0] if len(shapes) == 1 else shape
    match shape:
        case inspect.StructType(cls=record):
            return "one", record
        case inspect.ListType(item_type=inspect.StructType(cls=record)):
            return "list", record
        case inspect.DictType(value_type=inspect.StructType(cls=record)):
            return "named", record
        case _:
            return "", None
