"""The `stationmaster` command: every command of the house under one name."""

import gc
import sys
from collections.abc import Iterable
from importlib import import_module

import typer

COMMANDS = {
    "demo": "cli_demo:demo",
    "demo-reset": "cli_demo:demo_reset",
    "serve": "cli_serve:serve",
    "ingest": "cli_ingest:ingest",
    "broker": "cli_broker:broker_app",
    "check": "cli_inventory:check",
    "lists": "cli_inventory:lists_app",
    "lists propose": "cli_lists:propose",
    "lists parameters": "cli_lists:show_parameters",
    "lists settle": "cli_lists:settle_parameters",
    "lists diff": "cli_lists:diff",
    "lists conditions": "cli_conditions:import_condition_list",
    "conditions": "cli_conditions:conditions",
    "state-condition": "cli_conditions:state_condition",
    "lists substitutes": "cli_substitutes:show_substitutes",
    "lists decide": "cli_substitutes:decide",
    "register": "cli_inventory:register_app",
    "register export": "cli_proofs:export_register",
    "register edit": "cli_bulk_edits:edit_register",
    "register undo": "cli_bulk_edits:undo_edit_of_register",
    "register edits": "cli_bulk_edits:list_edits",
    "proofs": "cli_proofs:proofs_app",
    "documents": "cli_evidence:documents_app",
    "due": "cli_evidence:due",
    "staff": "cli_school:staff_app",
    "rooms": "cli_school:rooms_app",
    "stock": "cli_stock:stock_app",
    "rectify": "cli_work:rectify_app",
    "review": "cli_work:review_app",
    "report": "cli_papers:report_app",
    "work-orders": "cli_work_orders:work_orders_app",
    "report-links": "cli_report_links:report_links_app",
    "sharing": "cli_sharing:sharing_app",
    "calendars": "cli_calendars:calendars_app",
    "timetable": "cli_calendars:timetable_app",
    "bookings": "cli_bookings:bookings_app",
    "labels": "cli_stocktakes:labels",
    "stocktake": "cli_stocktakes:stocktake_app",
    "decode": "cli_can:decode",
    "log": "cli_logs:log_app",
    "dbc": "cli_dbc:dbc_app",
    "bridge": "cli_can:bridge_app",
    "bridge arm": "cli_diagnostics:arm",
    "bridge disarm": "cli_diagnostics:disarm",
    "notifications": "cli_notifications:notifications_app",
    "utilisation": "cli_utilisation:utilisation",
    "sim": "cli_sims:sim_app",
    "sim term": "cli_term:sim_term",
    "organisation": "cli_places:organisation_app",
    "station": "cli_places:station_app",
    "bench": "cli_places:bench_app",
    "bench new": "cli_profiles:new_profile",
    "bench check": "cli_profiles:check_profiles",
    "bench listen": "cli_listening:listen",
    "store": "cli_store:store_app",
    "user": "cli_accounts:user_app",
    "api-key": "cli_accounts:key_app",
    "database": "cli_database:database_app",
    "telemetry": "cli_quarantine:telemetry_app",
    "telemetry export": "cli_telemetry:export_rows",
    "backup": "cli_backup:backup_app",
    "restore": "cli_backup:restore",
    "docs": "cli_documents:docs",
}
"""Where each command lives; only the one that is called is imported (all of them take 3 s).

A second word is a command of the first word's group that lives elsewhere.
"""


def command_line(words: Iterable[str] = tuple(COMMANDS)) -> typer.Typer:
    """The command line with the named commands, by default with all."""
    app = typer.Typer(
        name="stationmaster",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Stationmaster 站长：培训站与考核站的就绪、实时证据与共享。",
    )

    @app.callback()
    def _house() -> None:
        """Keep a single command a group, so that its name stays part of the line."""

    groups: dict[str, typer.Typer] = {}
    for entry in words:
        module, _, attribute = COMMANDS[entry].partition(":")
        command = getattr(import_module(f"stationmaster.{module}"), attribute)
        word, _, inner = entry.partition(" ")
        if inner:
            _group(app, groups, word).command(inner)(command)
        elif isinstance(command, typer.Typer):
            group = _group(app, groups, word)
            group.info.help = command.info.help
            group.info.cls = command.info.cls
            group.registered_callback = command.registered_callback
            group.registered_commands += command.registered_commands
            group.registered_groups += command.registered_groups
        else:
            app.command(word)(command)
    return app


def _group(app: typer.Typer, groups: dict[str, typer.Typer], word: str) -> typer.Typer:
    """The group of a first word; its commands may come from several modules."""
    if word not in groups:
        groups[word] = typer.Typer(no_args_is_help=True)
        app.add_typer(groups[word], name=word)
    return groups[word]


def _called(arguments: list[str]) -> list[str]:
    """The entries of `COMMANDS` that a command line needs."""
    two = " ".join(arguments[:2])
    if two in COMMANDS:
        return [two]
    first = arguments[0] if arguments else ""
    return [words for words in COMMANDS if words.split(" ")[0] == first] or list(COMMANDS)


def _loaded(arguments: list[str]) -> typer.Typer:
    """The commands a command line needs; modules stay to the end, so none is looked at as garbage.

    A sixth of the time of loading, and less for every later look.
    """
    gc.disable()
    try:
        return command_line(_called(arguments))
    finally:
        gc.freeze()
        gc.enable()


def main() -> None:
    """Run the command line; texts are UTF-8 whatever the console's code page is."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        _loaded(sys.argv[1:])()
    except KeyboardInterrupt:  # while it still loads; later the commands themselves see to it
        sys.exit(130)


if __name__ == "__main__":
    main()
