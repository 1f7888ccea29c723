"""The contract written out for people and tools: AsyncAPI 3 and a page of Markdown (pure)."""

import inspect
from collections.abc import Mapping
from typing import Any

import msgspec

from telemetry.contract import topics
from telemetry.contract.delivery import (
    ACK_DELIVERY,
    DELIVERY,
    KEEPALIVE_S,
    MAX_UNACKNOWLEDGED,
    RESEND_AFTER_S,
    STATE_PERIOD_S,
)
from telemetry.contract.encoding import MAX_PAYLOAD_BYTES, PAYLOAD_TYPES
from telemetry.contract.payloads import Ack

Schema = dict[str, Any]
"""JSON Schema and AsyncAPI are free-form trees; nothing but JSON is in them."""

VERSION = "1.0.0"
_PARAMETER = {"bench": {"description": f"bench code, {topics.BENCH_CODE.pattern}"}}


def _first_paragraph(kind: type) -> str:
    return (inspect.getdoc(kind) or "").split("\n\n", 1)[0].replace("\n", " ")


def schemas() -> Mapping[str, Schema]:
    """JSON Schema of every record that can be on the wire, by name."""
    kinds = [*PAYLOAD_TYPES.values(), Ack]
    _, components = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )
    return dict(sorted(components.items()))


def asyncapi() -> Schema:
    """The AsyncAPI 3.0 document; a bench is the application that is described."""
    channels: Schema = {}
    operations: Schema = {}
    messages: Schema = {}
    described = [
        *((stream.value, kind, DELIVERY[stream], "up") for stream, kind in PAYLOAD_TYPES.items()),
        ("ack", Ack, ACK_DELIVERY, "down"),
    ]
    for name, kind, delivery, direction in described:
        messages[kind.__name__] = {
            "name": kind.__name__,
            "summary": _first_paragraph(kind),
            "contentType": "application/json",
            "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
        }
        channels[name] = {
            "address": f"{topics.PREFIX}/{{bench}}/{direction}/{name}",
            "parameters": _PARAMETER,
            "messages": {kind.__name__: {"$ref": f"#/components/messages/{kind.__name__}"}},
        }
        operations[name] = {
            "action": "send" if direction == "up" else "receive",
            "channel": {"$ref": f"#/channels/{name}"},
            "bindings": {"mqtt": {"qos": delivery.qos, "retain": delivery.is_retained}},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Stationmaster benches",
            "version": VERSION,
            "description": "What a bench sends and what it hears; MQTT 3.1.1 or 5, never QoS 2.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": dict(schemas())},
    }


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(_kind(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " / ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {_kind(schema['additionalProperties'])}"
    return str(schema.get("type", "any"))


def _limits(schema: Schema) -> str:
    words = {
        "minimum": "≥",
        "exclusiveMinimum": ">",
        "maximum": "≤",
        "exclusiveMaximum": "<",
        "minLength": "length ≥",
        "maxLength": "length ≤",
    }
    said = [f"{word} {schema[key]}" for key, word in words.items() if key in schema]
    return ", ".join([str(schema.get("description", "")), *said]).strip(", ")


def _table(name: str, schema: Schema) -> list[str]:
    lines = [f"### {name}", "", inspect.cleandoc(str(schema.get("description", ""))), ""]
    if "enum" in schema:
        return [*lines, _kind(schema), ""]
    lines += ["| field | type | required | meaning and limits |", "|---|---|---|---|"]
    required = schema.get("required", [])
    for field, details in schema.get("properties", {}).items():
        needed = "yes" if field in required else "no"
        lines.append(f"| `{field}` | {_kind(details)} | {needed} | {_limits(details)} |")
    return [*lines, ""]


def markdown() -> str:
    """`docs/wire-contract.md`."""
    lines = [
        "# Wire contract",
        "",
        "Generated from `telemetry/contract` by `stationmaster docs`; a test compares it.",
        "",
        "Broker: MQTT 3.1.1 with QoS 1, retained messages and a will; MQTT 5 where the broker has",
        "it; never QoS 2. User name = client id = bench code. Payloads are UTF-8 JSON of at most",
        f"{MAX_PAYLOAD_BYTES} bytes; unknown fields are ignored, fields at their default left out.",
        "",
        "| topic | QoS | retained | says |",
        "|---|---|---|---|",
    ]
    for stream, kind in PAYLOAD_TYPES.items():
        delivery = DELIVERY[stream]
        retained = "yes, also the will" if delivery.is_will else "yes"
        lines.append(
            f"| `{topics.PREFIX}/{{bench}}/up/{stream.value}` | {delivery.qos} |"
            f" {retained if delivery.is_retained else 'no'} | {_first_paragraph(kind)} |"
        )
    acknowledges = _first_paragraph(Ack)
    lines += [
        f"| `{topics.PREFIX}/{{bench}}/down/ack` | {ACK_DELIVERY.qos} | no | {acknowledges} |",
        "",
        "## Delivery",
        "",
        "A PUBACK is not durability. `samples`, `usage` and `faults` carry `(epoch, seq)`, counted",
        "over the three together; the bench keeps them in its spool until an `ack` of the same",
        "epoch covers their `seq`. Ingest sends that after its own commit and stores every",
        "`(bench, epoch, seq)` once, so a bench may send again as often as it likes.",
        "",
        "Every opening of a spool begins a new epoch with `seq` 1, so that a spool restored from a",
        "backup never gives a number twice. Rows keep the epoch they were committed under; what",
        "waits of earlier epochs is sent first, and the `birth` before it names them in order.",
        "",
        f"- At most {MAX_UNACKNOWLEDGED} durable messages are under way without an `ack`.",
        f"- Without progress, after {RESEND_AFTER_S:g} s at the latest, and after every reconnect,",
        "  a bench sends again from the first that is not acknowledged.",
        f"- `state` comes at least every {STATE_PERIOD_S:g} s; keep-alive is {KEEPALIVE_S} s.",
        "- Order is that of `seq` inside an epoch, and of epochs as `birth` names them, never of a",
        "  clock.",
        "",
        "## Records",
        "",
    ]
    for name, schema in schemas().items():
        lines += _table(name, schema)
    return "\n".join(lines).rstrip() + "\n"
