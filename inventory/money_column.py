"""How amounts of money are stored: as whole fen, since SQLite has no exact decimals."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

from inventory.money import MOST_YUAN, in_fen, in_yuan


class InFen(TypeDecorator[Decimal]):
    """Column type of an amount in yuan: `Field(sa_type=InFen)`."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - the library's signature
        """The fen that are stored."""
        return None if value is None else in_fen(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - the library's signature
        """The yuan that are shown."""
        return None if value is None else in_yuan(int(value))


Yuan = Annotated[
    Decimal,
    Field(ge=0, le=MOST_YUAN, decimal_places=2, description="CNY, at most 2 decimals"),
    AfterValidator(lambda amount: in_yuan(in_fen(amount))),
]
"""An amount that comes from outside, always with two decimals afterwards."""
