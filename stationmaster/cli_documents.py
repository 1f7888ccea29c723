"""The command that writes the generated documents."""

from pathlib import Path

import typer

from stationmaster.__main__ import command_line
from stationmaster.documents import write_documents

ROOT = Path(__file__).resolve().parent.parent


def docs() -> None:
    """重新生成文档。 Write the generated documents below docs/."""
    for name in write_documents(ROOT, command_line()):
        typer.echo(name)
