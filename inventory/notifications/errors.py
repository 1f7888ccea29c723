"""What can be wrong with a request about messages and how they leave."""

from inventory.errors import StepNotPossible, TooManyOpen, Unknown


class UnknownMessage(Unknown):
    """The caller's inbox has no message of this number."""

    kind = "message"


class UnknownGroupBot(Unknown):
    """No group of this number is told."""

    kind = "group bot"


class UnknownDelivery(Unknown):
    """No delivery of this number was given up."""

    kind = "failed delivery"


class UnknownMailAddress(Unknown):
    """The caller has no address, or none that waits for a code."""

    kind = "mail address of"


class MailNotSetUp(StepNotPossible):
    """This installation sends no mail: nobody told it a server."""

    def __init__(self) -> None:
        super().__init__("mail", "no_mail_server", [])
        self.args = ("this installation sends no mail; its operator has to name a mail server",)


class TooManyCodes(TooManyOpen):
    """As many codes were mailed today as one person may ask for."""

    def __init__(self, limit: int) -> None:
        super().__init__("codes", limit)
        self.args = (f"{limit} codes were mailed today already; try again tomorrow",)
