"""The only reader of environment and configuration file; hands out one frozen record."""

import errno
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from telemetry.broker.access import MOST_INGEST_WORKERS
from telemetry.broker.embedded import ServerCertificate
from telemetry.contract.broker_address import BrokerAddress

RESTORE_JOURNAL = "restore.json"
"""Lies in the data folder while a restore puts its files into place."""


class Settings(BaseSettings):
    """Settings of one installation; every field can be set as STATIONMASTER_<NAME> or in .env."""

    model_config = SettingsConfigDict(
        env_prefix="STATIONMASTER_", env_file=".env", extra="ignore", frozen=True
    )

    var: Path = Field(default=Path("var"), description="folder of databases, spools and logs")
    host: str = Field(default="127.0.0.1", description="address the web server listens on")
    port: int = Field(default=8765, ge=1, le=65535, description="port of API and dashboard")
    public_url: str = Field(default="", description="address users type, when behind a proxy")
    chinese_font: Path | None = Field(
        default=None, description="font file of papers and labels; empty: one of this machine's"
    )
    broker_host: str = "127.0.0.1"
    broker_port: int = Field(default=18830, ge=1, le=65535)
    broker_program: str = Field(
        default="", description="mosquitto or amqtt; empty: mosquitto where installed, else amqtt"
    )
    broker_user: str = Field(default="", description="user of ingest at the broker")
    broker_password: SecretStr = SecretStr("")
    broker_tls: bool = Field(default=False, description="connect to the broker by TLS only")
    broker_ca: Path | None = Field(
        default=None, description="PEM file of the broker's authority; empty: the system's"
    )
    broker_certificate: Path | None = Field(
        default=None,
        description="PEM certificate chain of the embedded broker, which then uses TLS",
    )
    broker_key: Path | None = Field(default=None, description="PEM key of that certificate")
    broker_client_certificate: Path | None = Field(
        default=None, description="PEM certificate for a broker that asks its clients for one"
    )
    broker_client_key: Path | None = Field(default=None, description="PEM key of that certificate")
    database_url: SecretStr = Field(
        default=SecretStr(""), description="postgresql://… or sqlite:///…; empty: SQLite below var"
    )
    store: Literal["embedded", "influxdb"] = Field(
        default="embedded", description="where rows come to rest: the file below var, or InfluxDB"
    )
    influx_url: str = Field(
        default="http://127.0.0.1:8086", description="address of InfluxDB 1.x, 2.x or 3.x"
    )
    influx_token: SecretStr = Field(
        default=SecretStr(""), description="token of 2.x and 3.x; user:password of 1.x"
    )
    influx_organisation: str = Field(default="-", description="organisation of 2.x")
    influx_database: str = Field(
        default="stationmaster",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        description="database of 1.x, first part of the buckets' names of 2.x",
    )
    influx_keep_hours: float = Field(
        default=2.0, ge=0, description="how long rows that InfluxDB has stay in the file as well"
    )
    influx_queue_rows: int = Field(
        default=10_000_000,
        ge=1000,
        description="rows that may wait for InfluxDB, then none are taken",
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="port of figures and health for Prometheus and probes, one a process; 0: off",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="address it listens on; whoever reaches it may read"
    )
    log_megabytes: float = Field(
        default=10.0, gt=0, description="size at which a process begins a new log; four are kept"
    )
    ingest_workers: int = Field(
        default=1,
        ge=1,
        le=MOST_INGEST_WORKERS,
        description="processes that share ingest, where the broker shares",
    )
    late_minutes: float = Field(
        default=10.0, gt=0, description="quiet time after which a closed hour of rows is sealed"
    )
    retention_hours: float = Field(default=720.0, gt=0, description="age at which raw rows go")
    retention_minute_days: float = Field(
        default=400.0, gt=0, description="age at which 1 min rollups go"
    )
    retention_hour_days: float = Field(
        default=1100.0, gt=0, description="age at which 1 h rollups go"
    )

    export_hours: float = Field(
        default=24.0, gt=0, le=8760, description="how long files somebody had exported stay"
    )
    export_megabytes: int = Field(
        default=4096, ge=1, description="room all of those files may take together"
    )

    no_show_minutes: float = Field(
        default=15.0,
        ge=0,
        description="how late one may come before a slot nobody uses is given back; 0: never",
    )

    document_megabytes: int = Field(
        default=12, ge=1, le=15, description="size of the largest document that is taken"
    )

    smtp_host: str = Field(default="", description="mail server; empty: no mail is sent")
    smtp_port: int = Field(default=465, ge=1, le=65535, description="465 for tls, 587 for starttls")
    smtp_security: Literal["tls", "starttls", "none"] = "tls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: str = Field(default="", description="address mails come from; empty: the user")
    smtp_ca: Path | None = Field(
        default=None, description="PEM file of the mail server's authority; empty: the system's"
    )
    bot_origins: str = Field(
        default="",
        description="gateways of group bots beside the services' own, https://HOST[:PORT],…",
    )
    bot_proxy: SecretStr = Field(
        default=SecretStr(""), description="proxy on the way to group bots, http://HOST:PORT"
    )

    def make_var(self) -> None:
        """Make the data folder where it is missing; it holds password hashes: owner only.

        Raises:
            OSError: it can't be made, or a restore into it was cut short.
        """
        if (self.var / RESTORE_JOURNAL).exists():
            raise OSError(errno.EBUSY, "a restore was cut short; run `stationmaster restore` again")
        self.var.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def inventory_url(self) -> str:
        """URL of the relational database; it may hold a password."""
        given = self.database_url.get_secret_value()
        return given or f"sqlite:///{(self.var / 'inventory.sqlite').as_posix()}"

    @property
    def telemetry_path(self) -> Path:
        """File of the time-series store; with InfluxDB it is its queue and index."""
        return self.influx_path if self.store == "influxdb" else self.embedded_path

    @property
    def embedded_path(self) -> Path:
        """File of the embedded time-series store."""
        return self.var / "telemetry.sqlite"

    @property
    def influx_path(self) -> Path:
        """File beside InfluxDB: rows that wait, and all but old rows."""
        return self.var / "telemetry-influxdb.sqlite"

    @property
    def documents_path(self) -> Path:
        """Folder of the bytes of documents; the inventory knows what they are."""
        return self.var / "documents"

    @property
    def credentials_path(self) -> Path:
        """Passwords of the broker's users, `{user: password}`; only its owner can read it."""
        return self.var / "broker" / "credentials.json"

    @property
    def broker_server_certificate(self) -> ServerCertificate | None:
        """With what the embedded broker speaks TLS; without a key file that lies in the chain's."""
        if self.broker_certificate is None:
            return None
        return ServerCertificate(
            self.broker_certificate, self.broker_key or self.broker_certificate
        )

    def broker_address(self, user: str, password: str) -> BrokerAddress:
        """Where a user of the broker connects; by TLS also where the embedded broker has it."""
        return BrokerAddress(
            self.broker_host,
            self.broker_port,
            user,
            password,
            user,
            use_tls=self.broker_tls or self.broker_certificate is not None,
            ca_path=self.broker_ca,
            certificate_path=self.broker_client_certificate,
            key_path=self.broker_client_key,
        )

    @property
    def base_url(self) -> str:
        """Address of API and dashboard without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
