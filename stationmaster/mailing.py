"""E-mail out of the house: one SMTP connection, kept while there is something to send."""

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path

from inventory.moments import SCHOOL_ZONE
from inventory.notifications.addresses import is_address
from inventory.notifications.bots import Outcome
from inventory.notifications.delivering import Parcel
from inventory.notifications.letters import MailText, Reader, mail_text
from stationmaster.settings import Settings

ANSWER_WITHIN_S = 15.0
"""Of each step; all of them together stay below the lease of a delivery."""
MOST_CALENDARS = 20
_FINAL = range(500, 600)
_NAME = "站长 Stationmaster"


class BadMailSettings(ValueError):
    """The settings of the mail server contradict each other; the text names them."""


@dataclass(frozen=True, slots=True)
class MailSetup:
    """How the mail server is reached, and who writes."""

    host: str
    port: int
    security: str
    sender: str
    base_url: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_path: Path | None = None


def mail_setup(settings: Settings) -> MailSetup | None:
    """What the settings say; None: they name no mail server.

    Raises:
        BadMailSettings: nobody is named who writes, or a password would be readable on its way.
    """
    if not settings.smtp_host:
        return None
    sender = settings.smtp_from or settings.smtp_user
    if not is_address(sender):
        raise BadMailSettings(
            "STATIONMASTER_SMTP_FROM: expected the address mails come from, "
            "such as zhanzhang@example.edu.cn"
        )
    if settings.smtp_user and settings.smtp_security == "none" and not _is_own(settings.smtp_host):
        raise BadMailSettings(
            "STATIONMASTER_SMTP_SECURITY: expected tls or starttls, since a password goes over "
            "the network"
        )
    return MailSetup(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        sender,
        settings.base_url,
        settings.smtp_user,
        settings.smtp_password.get_secret_value(),
        settings.smtp_ca,
    )


class MailDoor:
    """Sends parcels by SMTP; used by one thread."""

    def __init__(
        self, setup: MailSetup, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._setup = setup
        self._clock = clock
        self._line: smtplib.SMTP | None = None

    def send(self, parcel: Parcel) -> Outcome:
        """Hand a parcel to the mail server; it is sent when the server has taken it."""
        reader = Reader(parcel.target.language, SCHOOL_ZONE, self._setup.base_url)
        text = mail_text(parcel.letters, reader)
        made = mail(text, self._setup.sender, parcel.target.address, parcel.batch, self._clock())
        try:
            self._connected().send_message(made)
        except (smtplib.SMTPException, OSError) as error:
            # what state the line is in is anybody's guess
            self.rest()
            return _outcome(error)
        return Outcome(is_sent=True)

    def rest(self) -> None:
        """Close the connection, if there is one."""
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                line.quit()
            line.close()

    def _connected(self) -> smtplib.SMTP:
        if self._line is None:
            self._line = self._opened()
        return self._line

    def _opened(self) -> smtplib.SMTP:
        setup = self._setup
        # the name of this machine may be none that a mail server takes, and asking for it is slow
        name = setup.sender.partition("@")[2]
        context = ssl.create_default_context(cafile=setup.ca_path)
        line: smtplib.SMTP
        if setup.security == "tls":
            line = smtplib.SMTP_SSL(
                setup.host, setup.port, name, timeout=ANSWER_WITHIN_S, context=context
            )
        else:
            line = smtplib.SMTP(setup.host, setup.port, name, timeout=ANSWER_WITHIN_S)
        try:
            if setup.security == "starttls":
                line.starttls(context=context)
            if setup.user:
                line.login(setup.user, setup.password)
        except BaseException:
            line.close()
            raise
        return line


def mail(text: MailText, sender: str, address: str, batch: str, at: datetime) -> EmailMessage:
    """The mail of a parcel.

    Its Message-ID is made of the batch, so that one that is sent again after a crash is known for
    the same by servers and readers.
    """
    name, _, domain = sender.rpartition("@")
    made = EmailMessage()
    made["Subject"] = text.subject
    made["From"] = Address(_NAME, name, domain)
    made["To"] = address
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{batch}@{domain}>"
    # or absent people's servers answer, and answers are answered
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text.body, cte="base64")
    for place, calendar in enumerate(text.calendars[:MOST_CALENDARS], 1):
        made.add_attachment(
            calendar.encode(),
            maintype="text",
            subtype="calendar",
            filename=f"{place}.ics",
            params={"charset": "utf-8", "method": _method_of(calendar)},
        )
    return made


def _method_of(calendar: str) -> str:
    """Mail clients want the calendar's own METHOD repeated beside its type."""
    for line in calendar.splitlines():
        name, _, value = line.partition(":")
        if name.upper() == "METHOD" and value.isalpha():
            return value.upper()
    return "PUBLISH"


def _outcome(error: Exception) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return _refused(code, said, is_final=code in _FINAL)
    if isinstance(error, smtplib.SMTPResponseException):
        # a wrong password or sender is the operator's to correct: the mails wait for that
        is_final = isinstance(error, smtplib.SMTPDataError) and error.smtp_code in _FINAL
        return _refused(error.smtp_code, error.smtp_error, is_final=is_final)
    return Outcome(is_sent=False, reason=f"no answer: {type(error).__name__} {_flat(str(error))}")


def _refused(code: int, said: bytes | str, *, is_final: bool) -> Outcome:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return Outcome(is_sent=False, reason=f"SMTP {code}: {_flat(words)}", is_final=is_final)


def _flat(text: str) -> str:
    return " ".join(text.split())[:200]


def _is_own(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
