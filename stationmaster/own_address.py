"""What is printed leads to the installation's address, which phones have to reach."""

import ipaddress
from urllib.parse import urlsplit

import typer

from stationmaster.settings import Settings


def warn_of_own_address(settings: Settings) -> None:
    """Say so where the address is one that only this machine reaches."""
    if _is_here_only(settings.base_url):
        here = settings.base_url
        typer.echo(f"标签指向 {here}，手机无法打开；请设置 STATIONMASTER_PUBLIC_URL。", err=True)
        typer.echo(f"No phone reaches {here}; set STATIONMASTER_PUBLIC_URL.", err=True)


def _is_here_only(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
