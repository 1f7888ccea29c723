"""Where the broker is and who one is to it: the same record for benches, ingest and tools."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path


class UnusableAuthority(ValueError):
    """The file of certificate authorities for the broker can't be read as such."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: expected PEM certificates of the broker's authority: {reason}")
        self.path = path


class UnusableCertificate(ValueError):
    """A certificate and its key can't be used together."""

    def __init__(self, path: Path, key: Path | None, reason: str) -> None:
        super().__init__(
            f"{path} with key {key or path}: expected a PEM certificate and its key without a "
            f"passphrase: {reason}"
        )
        self.path = path


def load_certificate(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    """Let a context show a certificate; without `key` it lies in the same file.

    Raises:
        UnusableCertificate: not readable, not PEM, encrypted, or the two don't belong together.
    """
    try:
        # an encrypted key would ask at the terminal; no password at all is refused
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ssl.SSLError) as unusable:
        raise UnusableCertificate(certificate, key, str(unusable)) from unusable


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker and the credentials there.

    With `use_tls`, certificate and host name are always checked: against `ca_path` (PEM) alone,
    or against the system's authorities where there is none. `client_id` must be the user on the
    embedded broker, which lets nobody take over another's connection. `certificate_path` and
    `key_path` (PEM) are shown to a broker that asks its clients for a certificate. `is_embedded`
    says that it is the house's own broker, whose limits are known.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    client_id: str
    use_tls: bool = False
    ca_path: Path | None = None
    certificate_path: Path | None = None
    key_path: Path | None = None
    is_embedded: bool = False

    @classmethod
    def of_user(cls, host: str, port: int, user: str, password: str) -> "BrokerAddress":
        """An address in clear where the client id is the user, as benches have it."""
        return cls(host, port, user, password, user)

    def tls_context(self) -> ssl.SSLContext | None:
        """What to connect with; None in clear. Made anew, so that a renewed file is taken.

        Raises:
            UnusableAuthority: `ca_path` is missing or holds no certificates.
            UnusableCertificate: the client's certificate or key can't be read, or don't fit.
        """
        if not self.use_tls:
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca_path)
        except (OSError, ssl.SSLError) as unreadable:
            path = self.ca_path or Path()
            raise UnusableAuthority(path, str(unreadable)) from unreadable
        if self.certificate_path is not None:
            load_certificate(context, self.certificate_path, self.key_path)
        return context
