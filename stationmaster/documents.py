"""Documents made from the code: what is generated, where it lies, how a change is found."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import typer

from can_bridge.profile_template.reference import profile_reference
from inventory.glossary import glossary_page
from stationmaster.compose import openapi_document
from telemetry.contract.documents import asyncapi, markdown

Generator = Callable[[typer.Typer], str]


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _commands(
    command: typer.core.TyperCommand | typer.core.TyperGroup, path: str
) -> Iterator[tuple[str, typer.core.TyperCommand]]:
    inner = getattr(command, "commands", None)
    if not inner:
        yield path, command  # type: ignore[misc]
        return
    for name, found in sorted(inner.items()):
        yield from _commands(found, f"{path} {name}")


def _parameter_row(parameter: object) -> str:
    names = ", ".join(f"`{name}`" for name in getattr(parameter, "opts", []))
    if getattr(parameter, "param_type_name", "") == "argument":
        names = f"`{str(getattr(parameter, 'name', '')).upper()}`"
    needed = "yes" if getattr(parameter, "required", False) else "no"
    return f"| {names} | {needed} | {getattr(parameter, 'help', None) or ''} |"


def cli_reference(app: typer.Typer) -> str:
    """`docs/cli.md`: every command with its arguments and options."""
    lines = [
        "# Command line",
        "",
        "Generated from the commands themselves by `stationmaster docs`; a test compares it.",
        "Settings come from `STATIONMASTER_…` variables or `.env`, see the README.",
        "",
    ]
    for path, command in _commands(typer.main.get_command(app), "stationmaster"):  # type: ignore[arg-type]
        lines += [f"## `{path}`", "", (command.help or "").strip(), ""]
        shown = [p for p in command.params if p.name not in {"help", "install_completion"}]
        if shown:
            lines += ["| parameter | required | meaning |", "|---|---|---|"]
            lines += [_parameter_row(parameter) for parameter in shown]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


GENERATED: Mapping[str, Generator] = {
    "docs/wire-contract.md": lambda _app: markdown(),
    "docs/asyncapi.json": lambda _app: _json(asyncapi()),
    "docs/openapi.json": lambda _app: _json(openapi_document()),
    "docs/cli.md": cli_reference,
    "docs/glossary.md": lambda _app: glossary_page(),
    "docs/bench-profiles.md": lambda _app: profile_reference(),
}


def write_documents(root: Path, app: typer.Typer) -> list[str]:
    """Write every generated document below `root` and return those that changed."""
    changed: list[str] = []
    for name, generate in GENERATED.items():
        path, text = root / name, generate(app)
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            changed.append(name)
    return changed
