"""The demo's repairs: some nobody has looked at, one that is late, one that is mended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import select

from inventory.database import Database
from inventory.documents.files_memory import MemoryFiles
from inventory.moments import today
from inventory.report_links.reporting import Caller, Written, take_report
from inventory.report_links.schema import ReportLinkOrder
from inventory.report_links.use_cases import make_link
from inventory.work_orders.rules import WorkOrderSource, WorkOrderStep
from inventory.work_orders.schema import (
    WorkOrderAssignment,
    WorkOrderReport,
    WorkOrderStepOrder,
)
from inventory.work_orders.table import WorkOrder
from inventory.work_orders.use_cases import assign, report_trouble, take_step
from stationmaster.demo_people import principal_named

_Step = WorkOrderStep


@dataclass(frozen=True, slots=True)
class _Told:
    """A step of a story; an assignment names the owner as its text and is due in `due_in` days."""

    days_ago: float
    who: str
    step: WorkOrderStep
    text: str = ""
    due_in: int = 0


_STORIES: Mapping[tuple[str, str], tuple[_Told, ...]] = {
    ("motor-01", "冷却水泵异响，运行约十分钟后温度偏高"): (
        _Told(6.2, "bj-teacher", _Step.OPEN),
        _Told(6.0, "bj-master", _Step.TRIAGE, "可继续使用，注意观察温度。"),
        _Told(5.9, "bj-master", _Step.ASSIGN, "bj-teacher", due_in=4),
        _Told(2.1, "bj-teacher", _Step.START, "已订购水泵，三天内到货。"),
    ),
    ("gateway-01", "诊断接口松动，插头接触不良"): (
        _Told(20.3, "bj-teacher", _Step.OPEN),
        _Told(20.1, "bj-teacher", _Step.START),
        _Told(18.0, "bj-teacher", _Step.DONE, "更换接口端子，复测通信正常。"),
    ),
    ("battery-01", "台架外壳有划痕"): (
        _Told(9.0, "bj-teacher", _Step.OPEN),
        _Told(8.7, "bj-master", _Step.REJECT, "不影响使用，暑期统一喷漆。"),
    ),
    ("motor-02", "急停按钮回弹不良，需用力才能复位"): (
        _Told(11.0, "gx-master", _Step.OPEN),
        _Told(10.8, "gx-master", _Step.ASSIGN, "gx-master", due_in=-3),
    ),
}
"""By bench and trouble. None is out of use: the demo's readiness is that of its benches."""
_BY_CODE = ("battery-01", "bj-master", "显示屏左上角有花屏，电压读数看不清。")


def fill_repairs(database: Database, now: datetime) -> None:
    """Let the stories happen on the days they tell of; a bench that has orders of people is left.

    One more comes by the code on a bench, from somebody without an account.
    """
    with database.read() as db:
        by_people = WorkOrder.source != WorkOrderSource.BENCH
        known = set(db.exec(select(WorkOrder.bench_code).where(by_people)).all())
    for (bench, trouble), story in _STORIES.items():
        if bench not in known:
            _happen(database, (bench, trouble), story, now)
    bench, master, words = _BY_CODE
    if bench not in known:
        link = make_link(
            database, principal_named(database, master), ReportLinkOrder(bench_code=bench), now=now
        )
        caller = Caller("192.0.2.1", now - timedelta(hours=3))
        take_report(database, MemoryFiles(), link.token, Written(words), caller)


def _happen(
    database: Database, about: tuple[str, str], story: tuple[_Told, ...], now: datetime
) -> None:
    bench, trouble = about
    first, *rest = story
    report = WorkOrderReport(bench_code=bench, text=trouble)
    at = now - timedelta(days=first.days_ago)
    number = report_trouble(database, principal_named(database, first.who), report, now=at).id
    for told in rest:
        at, person = now - timedelta(days=told.days_ago), principal_named(database, told.who)
        if told.step is _Step.ASSIGN:
            due_on = today(now) + timedelta(days=told.due_in)
            given = WorkOrderAssignment(owner=told.text, due_on=due_on)
            assign(database, person, number, given, now=at)
        else:
            step = WorkOrderStepOrder(step=told.step, text=told.text)
            take_step(database, person, number, step, now=at)
