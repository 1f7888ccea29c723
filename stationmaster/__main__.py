"""The `stationmaster` command: every command of the house under one name."""

import sys

import typer

from stationmaster.cli_accounts import db_app, key_app, user_app
from stationmaster.cli_can import bridge_app, decode, sim_app
from stationmaster.cli_inventory import check, lists_app, register_app
from stationmaster.cli_services import add_services

app = typer.Typer(
    name="stationmaster",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Stationmaster 站长：培训站与考核站的就绪、实时证据与共享。",
)
add_services(app)
app.command()(check)
app.add_typer(lists_app, name="lists")
app.add_typer(register_app, name="register")
app.command()(decode)
app.add_typer(bridge_app, name="bridge")
app.add_typer(sim_app, name="sim")
app.add_typer(user_app, name="user")
app.add_typer(key_app, name="api-key")
app.add_typer(db_app, name="db")


def main() -> None:
    """Run the command line; texts are UTF-8 whatever the console's code page is."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


if __name__ == "__main__":
    main()
