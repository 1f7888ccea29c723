"""Attributes that would make cantools refuse the whole file for one value."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from can_bridge.dbc.outline import Outline
from can_bridge.dbc.sheet import NUMBER, STRING
from can_bridge.dbc.statements import Statement

_NUMERIC = frozenset({"INT", "HEX", "FLOAT", "ENUM"})
_FRAME_FORMATS = 16
"""How many values `VFrameFormat` has in the J1939 and CAN FD templates."""
_Why = tuple[str, str]
_BAD_DEFINITION: _Why = ("定义无法理解", "its definition is not understood")
_UNDEFINED: _Why = ("未定义", "it is not defined")
_NO_NUMBER: _Why = ("不是数字", "it is no number")
_OUT_OF_RANGE: _Why = ("不在枚举之内", "it is none of the choices")
_WRONG_TYPE: _Why = ("类型不对", "it is defined with another type")


@dataclass(frozen=True, slots=True)
class _Definition:
    type_name: str
    choices: tuple[str, ...]
    limits: int

    def is_usable(self) -> bool:
        """Whether cantools can take it: a type it knows, with both limits or none."""
        if self.type_name in {"INT", "HEX", "FLOAT"}:
            return self.limits != 1 and not self.choices
        return self.type_name in {"ENUM", "STRING"}


def put_attributes_right(outline: Outline) -> None:
    """Leave out attribute values that cantools cannot take, one by one."""
    for define, default, value in (("D", "F", "A"), ("d", "f", "R")):
        definitions: dict[str, _Definition] = {}
        for statement in list(outline.others[define]):
            name_at = statement.shape.index(STRING)
            name, found = _text(outline, statement, name_at), _definition(outline, statement)
            if found.is_usable():
                definitions[name] = found
                continue
            outline.leave_out(statement)
            outline.others[define].remove(statement)
            zh, en = _BAD_DEFINITION
            outline.say(statement, "bad-attribute", name, why_zh=zh, why_en=en)
        for keyword in (default, value):
            outline.others[keyword] = [
                statement
                for statement in outline.others[keyword]
                if _is_usable(outline, statement, definitions)
            ]


def _text(outline: Outline, statement: Statement, place: int) -> str:
    token = statement.first + place
    text = outline.sheet.texts[token].removesuffix(";")
    return text[1:-1].replace('\\"', '"') if statement.shape[place] == STRING else text


def _definition(outline: Outline, statement: Statement) -> _Definition:
    name_at = statement.shape.index(STRING)
    choices = [
        _text(outline, statement, place)
        for place in range(name_at + 2, len(statement.shape))
        if statement.shape[place] == STRING
    ]
    type_name = _text(outline, statement, name_at + 1)
    return _Definition(type_name, tuple(choices), statement.shape.count(NUMBER))


def _is_usable(outline: Outline, statement: Statement, definitions: dict[str, _Definition]) -> bool:
    name = _text(outline, statement, 1)
    definition = definitions.get(name)
    why: _Why | None
    if definition is None:
        # cantools passes over defaults of attributes that are not defined
        why = None if statement.keyword in "Ff" else _UNDEFINED
    elif statement.keyword in "Ff":
        why = _default_fault(outline, statement, definition)
    else:
        why = _value_fault(outline, statement, definition)
    if definition is not None and why is None and name == "GenMsgSendType":
        why = None if definition.type_name in {"ENUM", "STRING"} else _WRONG_TYPE
    if why is None:
        return True
    outline.leave_out(statement)
    outline.say(statement, "bad-attribute", name, why_zh=why[0], why_en=why[1])
    return False


def _value_place(statement: Statement) -> int:
    return max(statement.shape.rfind(NUMBER), statement.shape.rfind(STRING))


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _default_fault(outline: Outline, statement: Statement, definition: _Definition) -> _Why | None:
    text = _text(outline, statement, _value_place(statement))
    if definition.type_name in {"INT", "HEX", "FLOAT"} and not _is_number(text):
        return _NO_NUMBER
    return None


def _value_fault(outline: Outline, statement: Statement, definition: _Definition) -> _Why | None:
    place = _value_place(statement)
    text = _text(outline, statement, place)
    name = _text(outline, statement, 1)
    if definition.type_name not in _NUMERIC:
        return _WRONG_TYPE if name in {"SPN", "GenSigStartValue", "VFrameFormat"} else None
    if not _is_number(text):
        if definition.type_name != "ENUM" or text not in definition.choices:
            return _NO_NUMBER
        token = statement.first + place
        number = str(definition.choices.index(text))
        outline.sheet.texts[token] = number + ";" * outline.sheet.texts[token].endswith(";")
        outline.say(statement, "attribute-by-label", name, value=text)
        return None
    choices = len(definition.choices)
    if name == "VFrameFormat":
        choices = choices or _FRAME_FORMATS
    if name in {"VFrameFormat", "GenMsgSendType"} and not 0 <= int(Decimal(text)) < choices:
        return _OUT_OF_RANGE
    return None
