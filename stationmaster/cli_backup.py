"""Commands that back an installation up and restore it: `backup`, `restore`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from stationmaster.backup.manifest import BackupRefused, Manifest, PartKind
from stationmaster.cli_accounts import operator
from stationmaster.default_command import RunByDefault
from stationmaster.refusing import give_up
from stationmaster.settings import Settings

backup_app = typer.Typer(cls=RunByDefault, help="Backups. 备份。")

DAMAGED = 1


@backup_app.command("run")
def run_backup(
    target: Annotated[
        Path, typer.Argument(help="folder that collects backups, or a file ending in .tar")
    ],
    keep: Annotated[
        int, typer.Option(min=0, help="newest backups to keep in the folder; 0 keeps all")
    ] = 0,
    with_credentials: Annotated[
        bool,
        typer.Option(
            "--with-credentials", help="passwords of the broker too, in clear; keep it safe"
        ),
    ] = False,
) -> None:
    """备份整个安装，可在运行中进行。 Back the installation up while it works, and verify that.

    Databases, spools of this machine and settings without secrets; nothing half is ever left.
    """
    from stationmaster.backup.taking import Wanted, take  # noqa: PLC0415 -- takes a second to load

    try:
        taken = take(Settings(), Wanted(target, keep, with_credentials))
    except BackupRefused as refused:
        give_up(refused)
    _print(taken.manifest)
    for path in taken.dropped:
        typer.echo(f"已删除旧备份 dropped {path}")
    typer.echo(f"备份完成并已校验 backed up and verified: {taken.path}")


@backup_app.command("verify")
def verify_backup(
    backup: Annotated[Path, typer.Argument(help="a backup: its folder or its .tar file")],
) -> None:
    """校验备份是否完整。 Is a backup whole? Exit: 1 damaged, 2 no backup."""
    # the databases' drivers are no business of the command line's help
    from stationmaster.backup.checking import problems_of  # noqa: PLC0415
    from stationmaster.backup.drafts import opened  # noqa: PLC0415
    from stationmaster.backup.manifest import read_manifest  # noqa: PLC0415

    try:
        with opened(backup) as folder:
            manifest, problems = read_manifest(folder), problems_of(folder)
    except (BackupRefused, OSError) as refused:
        give_up(refused)
    _print(manifest)
    for problem in problems:
        typer.echo(f"{problem.zh}\n{problem.en}", err=True)
    if problems:
        raise typer.Exit(DAMAGED)
    typer.echo("备份完整 the backup is whole")


def restore(
    backup: Annotated[Path, typer.Argument(help="a backup: its folder or its .tar file")],
    replace: Annotated[
        bool, typer.Option("--replace", help="move the installation that is there aside")
    ] = False,
) -> None:
    """从备份恢复到空安装。 Restore a verified backup into an empty installation.

    Stop all services and benches before. What came after the backup is missing afterwards: what
    benches still hold comes again, the rest is counted and shown as missing on *Data health*.
    """
    from stationmaster.backup.restoring import restore as put_back  # noqa: PLC0415 -- as above

    settings = Settings()
    try:
        restored = put_back(settings, backup, replace=replace, who=operator())
    except (BackupRefused, OSError) as refused:
        give_up(refused)
    _print(restored.manifest)
    if restored.aside is not None:
        typer.echo(f"旧安装已移到 the old installation lies in {restored.aside}")
    made_at = datetime.fromisoformat(restored.manifest.made_at)
    hours = (datetime.now(UTC) - made_at).total_seconds() / 3600
    typer.echo(
        f"已恢复到 {settings.var}；备份之后约 {hours:.1f} 小时的数据可能缺失，见数据健康页\n"
        f"restored into {settings.var}; up to {hours:.1f} h after the backup may be missing, see "
        "data health"
    )


def _print(manifest: Manifest) -> None:
    typer.echo(f"{manifest.made_at}  stationmaster {manifest.version}  {manifest.store}")
    for part in manifest.parts:
        rows = sum(part.counts.values())
        counted = f"  {rows} rows" if part.kind is not PartKind.SETTINGS and rows else ""
        typer.echo(f"  {part.name}  {part.bytes} B{counted}")
    for omission in manifest.omissions:
        typer.echo(f"  – {omission.what}: {omission.zh} {omission.en}")
