import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import typer

from stationmaster.__main__ import command_line
from stationmaster.documents import GENERATED
from telemetry.contract.documents import asyncapi
from telemetry.contract.encoding import PAYLOAD_TYPES, encode
from telemetry.contract.payloads import Ack, Samples


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_document_matches_the_code(name: str, root: Path) -> None:
    path = root / name
    assert path.exists(), "run: python3 run.py docs"
    assert path.read_text("utf-8") == GENERATED[name](command_line()), "run: python3 run.py docs"


def test_every_command_of_the_readme_is_one_with_its_options(root: Path) -> None:
    commands = typer.main.get_command(command_line())
    lines = re.findall(
        r"^python3 run\.py (\w.*)$", (root / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert lines
    for words in (shlex.split(line, comments=True) for line in lines):
        found: Any = commands
        rest = list(words)
        while hasattr(found, "commands") and rest and not rest[0].startswith("-"):
            if rest[0] not in found.commands:
                assert "run" in found.commands, " ".join(words)
                rest.insert(0, "run")  # what such a group does when nothing else is asked
            found = found.commands[rest.pop(0)]
        given = {word for word in rest if word.startswith("-")}
        if not given - {"--help"} and given:
            continue
        options = [one for one in found.params if one.param_type_name == "option"]
        missing = [one.opts for one in options if one.required and not given & set(one.opts)]
        known = {name for one in options for name in (*one.opts, *one.secondary_opts)}
        assert (missing, given - known) == ([], set()), " ".join(words)


def test_every_wire_record_is_described_by_a_valid_schema() -> None:
    schemas = asyncapi()["components"]["schemas"]
    for kind in (*PAYLOAD_TYPES.values(), Ack):
        assert schemas[kind.__name__]["description"], kind
        jsonschema.Draft202012Validator.check_schema(schemas[kind.__name__])


def test_a_real_payload_fits_its_published_schema_and_a_bad_one_does_not() -> None:
    document = asyncapi()
    schema = {"$ref": "#/components/schemas/Samples", "components": document["components"]}
    validator = jsonschema.Draft202012Validator(schema)
    payload = msgspec.json.decode(
        encode(Samples(observed_at_ms=1, epoch=2, seq=3, values={"u": 1.5, "x": None}))
    )
    validator.validate(payload)
    assert not validator.is_valid({**payload, "seq": 0})
