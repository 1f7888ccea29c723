"""Where the broker is and who one is to it: the same record for benches, ingest and tools."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path


class UnusableAuthority(ValueError):
    """The file of certificate authorities for the broker can't be read as such."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: expected PEM certificates of the broker's authority: {reason}")
        self.path = path


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker and the credentials there.

    With `use_tls`, certificate and host name are always checked: against `ca_path` (PEM) alone,
    or against the system's authorities where there is none. `client_id` must be the user on the
    embedded broker, which lets nobody take over another's connection.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    client_id: str
    use_tls: bool = False
    ca_path: Path | None = None

    @classmethod
    def of_user(cls, host: str, port: int, user: str, password: str) -> "BrokerAddress":
        """An address in clear where the client id is the user, as benches have it."""
        return cls(host, port, user, password, user)

    def tls_context(self) -> ssl.SSLContext | None:
        """What to connect with; None in clear. Made anew, so that a renewed file is taken.

        Raises:
            UnusableAuthority: `ca_path` is missing or holds no certificates.
        """
        if not self.use_tls:
            return None
        if self.ca_path is None:
            return ssl.create_default_context()
        try:
            return ssl.create_default_context(cafile=self.ca_path)
        except (OSError, ssl.SSLError) as unreadable:
            raise UnusableAuthority(self.ca_path, str(unreadable)) from unreadable
