"""What the demo's benches earned of late: an enterprise's training, and courses of the school."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import select

from inventory.database import Database
from inventory.income.rules import IncomeSource
from inventory.income.schema import IncomeOrder, RigPart
from inventory.income.table import IncomeEntry
from inventory.income.use_cases import enter_income
from inventory.moments import today
from stationmaster.demo_people import principal_named


@dataclass(frozen=True, slots=True)
class _Earned:
    """An entry, so many days ago."""

    days_ago: int
    source: IncomeSource
    amount: str
    words: str
    benches: tuple[str, ...]


_IN, _OUT = IncomeSource
_STORIES = (
    _Earned(19, _OUT, "4800.00", "某维修企业职工培训 2 天", ("battery-01", "motor-01")),
    _Earned(12, _IN, "1500.00", "校内继续教育课时结算", ("motor-01",)),
    _Earned(6, _OUT, "1200.00", "兄弟院校考前训练 3 小时", ("gateway-01",)),
)


def fill_income(database: Database, now: datetime) -> None:
    """Enter what the stories tell of; nothing where anything was ever earned."""
    with database.read() as db:
        if db.exec(select(IncomeEntry.id).limit(1)).first() is not None:
            return
    master = principal_named(database, "bj-master")
    for one in _STORIES:
        keys = (f"bench:{master.organisation_code}/{bench}" for bench in one.benches)
        order = IncomeOrder(
            source=one.source,
            amount=Decimal(one.amount),
            received_on=today(now) - timedelta(days=one.days_ago),
            words=one.words,
            rigs=[RigPart(resource_key=key) for key in keys],
        )
        enter_income(database, master, order, now=now)
