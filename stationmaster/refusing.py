"""How a command ends that cannot do what it was asked for."""

from typing import NoReturn

import typer

BAD_INPUT = 2


def give_up(refused: Exception | str) -> NoReturn:
    """End the command with a line that says what was refused, and exit code 2."""
    typer.echo(str(refused), err=True)
    cause = refused if isinstance(refused, Exception) else None
    raise typer.Exit(BAD_INPUT) from cause
