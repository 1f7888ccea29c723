"""A group that is a command itself: `broker battery-01` means `broker run battery-01`."""

import typer
from typer.core import TyperGroup


class RunByDefault(TyperGroup):
    """What begins with none of the group's commands, and asks for no help, goes to `run`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # its own Context
        """Put `run` before arguments that name no command."""
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)
