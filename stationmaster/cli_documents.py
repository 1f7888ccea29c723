"""The command that writes the generated documents."""

from pathlib import Path

import typer

from stationmaster.__main__ import command_line
from stationmaster.documents import write_documents


def docs() -> None:
    """重新生成文档。 Write the generated documents below docs/."""
    for name in write_documents(Path.cwd(), command_line()):
        typer.echo(name)
