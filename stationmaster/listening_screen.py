"""How what is heard on a bench looks in a terminal of any width, in Chinese or English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Styled

from can_bridge.buses.port import BusStatus
from can_bridge.decoding.belief import Quality
from can_bridge.decoding.frames import Outcome
from can_bridge.listening import BusSeen, IdSeen, ValueSeen, View
from can_bridge.listening_fits import Suggestion
from can_bridge.listening_post import Picture
from can_bridge.profile_checking.findings import Text
from stationmaster.language import Language
from telemetry.contract.payloads import BusHealth

WIDE = 110
"""From so many columns on values and identifiers stand side by side."""
VERY_WIDE = 150
"""From so many columns on the identifiers beside the values also have their period."""
_HEALTH = {
    BusHealth.ACTIVE: Text("● 正常", "● active"),
    BusHealth.SILENT: Text("○ 无报文", "○ silent"),
    BusHealth.ERROR_PASSIVE: Text("▲ 错误被动", "▲ passive"),
    BusHealth.WRONG_BITRATE: Text("✕ 波特率不符", "✕ bit rate"),
    BusHealth.BUS_OFF: Text("✕ 总线关闭", "✕ bus off"),
    BusHealth.DOWN: Text("✕ 适配器断开", "✕ gone"),
}
_BAD_HEALTH = frozenset({BusHealth.WRONG_BITRATE, BusHealth.BUS_OFF, BusHealth.DOWN})
_QUALITIES = {
    Quality.NOT_AVAILABLE: Text("无值", "not available"),
    Quality.IMPLAUSIBLE: Text("不可信", "implausible"),
}
_OUTCOMES = {
    Outcome.SHORT: Text("过短", "short"),
    Outcome.UNKNOWN_ID: Text("未知标识符", "unknown id"),
    Outcome.UNKNOWN_MUX: Text("未知多路值", "unknown mux"),
    Outcome.BROKEN: Text("部分不可解", "partly broken"),
}
_LEAST_ROWS = 3
_TOP = 3
"""Title, heading of the buses and a blank line."""
_BESIDE, _STACKED = 5, 8
"""Headings, blank lines and "… more" of the two or three tables below each other."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the picture is drawn on; `height` is None where it may be as long as it likes."""

    title: str
    language: Language
    width: int
    height: int | None = None
    suggestions: Sequence[Suggestion] = ()

    def told(self, zh: str, en: str) -> str:
        """One side of a text."""
        return zh if self.language is Language.ZH else en


def screen(picture: Picture, stage: Stage) -> RenderableType:
    """The whole picture."""
    view = picture.view
    top: list[RenderableType] = [
        _title(picture, stage),
        _buses(view, picture.statuses, stage),
        Styled(""),
    ]
    hints = [_suggestion(found, stage) for found in stage.suggestions]
    rows = _rows_left(view, stage, len(hints))
    known, unknown = view.known_ids(), view.unknown_ids()
    if stage.width >= WIDE:
        grid = Table.grid(padding=(0, 2), expand=True)
        grid.add_column(ratio=1)
        grid.add_column(ratio=1)
        share = _shares(rows, [len(known), len(unknown)])
        right = Group(_ids(known, share[0], stage), *_unknown(unknown, share[1], stage))
        grid.add_row(_values(view, rows and rows + _BESIDE - 2, stage), right)
        return Group(*top, grid, *hints)
    values = len(view.values)
    share = _shares(rows, [values, len(known), len(unknown)])
    return Group(
        *top,
        _values(view, share[0], stage),
        Styled(""),
        _ids(known, share[1], stage),
        *_unknown(unknown, share[2], stage),
        *hints,
    )


def _rows_left(view: View, stage: Stage, hints: int) -> int | None:
    """Rows for tables below the buses, their headings not counted; None without a limit."""
    if stage.height is None:
        return None
    tables = _BESIDE if stage.width >= WIDE else _STACKED
    return max(_LEAST_ROWS * 3, stage.height - len(view.buses) - _TOP - tables - hints)


def _shares(rows: int | None, wanted: Sequence[int]) -> list[int | None]:
    """Rows for each table: what it needs, else a fair part of what the others leave."""
    if rows is None:
        return [None] * len(wanted)
    left, shares = rows, dict.fromkeys(range(len(wanted)), 0)
    # the smallest first, so that what it does not need goes to the others
    order = sorted(shares, key=lambda place: wanted[place])
    for done, place in enumerate(order):
        shares[place] = min(wanted[place], left // (len(order) - done))
        left -= shares[place]
    return list(shares.values())


def _title(picture: Picture, stage: Stage) -> Styled:
    view, lines = picture.view, picture.unparsable_lines
    text = f"{stage.title} · {view.now_s - view.started_s:.1f} s · "
    text += stage.told("只听", "listening only")
    if lines:
        text += stage.told(f" · {lines} 行读不懂", f" · {lines} lines unreadable")
    return Styled(text, style="bold", no_wrap=True, overflow="ellipsis")


def _table(*headings: str, numbers: Sequence[int] = (), flexible: int = 0) -> Table:
    """A table without lines; `flexible` takes what width is left and is cut where it must."""
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True, header_style="bold cyan"
    )
    for place, heading in enumerate(headings):
        is_flexible = place == flexible
        table.add_column(
            heading,
            justify="right" if place in numbers else "left",
            no_wrap=True,
            overflow="ellipsis",
            ratio=1 if is_flexible else None,
        )
    return table


def _buses(view: View, statuses: Mapping[str, BusStatus], stage: Stage) -> Table:
    is_live = bool(statuses)
    headings = [stage.told("总线", "bus")]
    headings += [stage.told("状态", "state")] if is_live else []
    headings += [
        stage.told("负载", "load"),
        stage.told("帧/s", "frames/s"),
        stage.told("帧", "frames"),
        stage.told("错误帧", "errors"),
    ]
    headings += [stage.told("丢失", "lost"), stage.told("重连", "back")] if is_live else []
    headings += [stage.told("说明", "remarks")]
    last = len(headings) - 1
    table = _table(*headings, numbers=range(2 if is_live else 1, last), flexible=last)
    for bus in view.buses.values():
        table.add_row(*_bus_row(bus, statuses.get(bus.name), stage))
    return table


def _bus_row(bus: BusSeen, status: BusStatus | None, stage: Stage) -> list[str | Styled]:
    row: list[str | Styled] = [bus.name]
    errors = bus.error_frames
    if status is not None:
        errors += status.error_frames
        style = "red" if status.health in _BAD_HEALTH else ""
        style = "green" if status.health is BusHealth.ACTIVE else style or "yellow"
        row.append(Styled(stage.told(*_HEALTH[status.health]), style=style))
    row += [_percent(bus.load), _number(bus.frames_per_s, 0), str(bus.frames), str(errors)]
    remarks = _remarks(bus, stage)
    if status is not None:
        row += [str(status.lost_frames), str(status.reconnects)]
        remarks += [status.detail] if status.detail else []
    return [*row, ", ".join(remarks)]


def _remarks(bus: BusSeen, stage: Stage) -> list[str]:
    return [
        f"{stage.told(*words)} {bus.outcomes[outcome]}"
        for outcome, words in _OUTCOMES.items()
        if bus.outcomes.get(outcome)
    ]


def _values(view: View, rows: int | None, stage: Stage) -> RenderableType:
    headings = [stage.told("信号", "signal"), stage.told("值", "value"), stage.told("单位", "unit")]
    # one bus needs no name beside each value
    names_bus = len(view.buses) > 1
    headings += [stage.told("总线", "bus")] if names_bus else []
    table = _table(*headings, numbers=(1,))
    ranked = view.ranked_values()
    for seen in ranked[:rows]:
        value = value_text(seen, stage.language)
        row: list[str | Styled] = [_label(seen, stage), value, seen.signal.unit]
        table.add_row(*row, *([seen.bus] if names_bus else []))
    return Group(table, *_rest(len(ranked), rows, stage))


def _label(seen: ValueSeen, stage: Stage) -> Styled:
    signal = seen.signal
    label = stage.told(signal.label_zh, signal.label_en)
    shown = f"{label}  {signal.name}" if label else signal.name
    return Styled(shown, style="bold" if signal.is_headline else "")


def value_text(seen: ValueSeen, language: Language) -> str:
    """A value as people read it: label, number, or why there is none."""
    if seen.value is None:
        words = _QUALITIES.get(seen.quality, _QUALITIES[Quality.IMPLAUSIBLE])
        return words.zh if language is Language.ZH else words.en
    if seen.choice:
        return seen.choice
    is_whole = seen.value == int(seen.value)
    return str(int(seen.value)) if is_whole else f"{seen.value:.6g}"


def _ids(ids: Sequence[IdSeen], rows: int | None, stage: Stage) -> RenderableType:
    return _id_table(stage.told("标识符", "id"), stage.told("报文", "message"), ids, rows, stage)


def _unknown(ids: Sequence[IdSeen], rows: int | None, stage: Stage) -> list[RenderableType]:
    if not ids:
        return []
    heading = stage.told("未知标识符", "unknown id")
    return [Styled(""), _id_table(heading, stage.told("总线", "bus"), ids, rows, stage)]


def _id_table(
    heading: str, second: str, ids: Sequence[IdSeen], rows: int | None, stage: Stage
) -> RenderableType:
    has_period = stage.width < WIDE or stage.width >= VERY_WIDE
    headings = [heading, second, stage.told("帧/s", "frames/s")]
    headings += [stage.told("周期 ms", "period ms")] if has_period else []
    table = _table(
        *headings, stage.told("数据", "data"), numbers=range(2, len(headings)), flexible=1
    )
    for seen in ids[:rows]:
        row = [
            Styled(_identifier(seen), style="" if seen.message else "yellow"),
            Styled(seen.message or seen.key.bus),
            Styled(_number(seen.rate_hz, 1)),
        ]
        row += [Styled(_number(seen.period_ms, 0))] if has_period else []
        table.add_row(*row, _data(seen.data))
    return Group(table, *_rest(len(ids), rows, stage))


def _suggestion(found: Suggestion, stage: Stage) -> RenderableType:
    name, explained, unknown = found.fit.name, found.explained_ids, found.unknown_ids
    matching = f"{found.fit.lengths_matching:.0%}"
    line = stage.told(
        f"→ {found.bus}：{name} 认识 {explained}/{unknown} 个未知标识符，长度相符 {matching}",
        f"→ {found.bus}: {name} knows {explained}/{unknown} unknown ids, lengths match {matching}",
    )
    return Styled(line, style="cyan", no_wrap=True, overflow="ellipsis")


def _rest(there: int, shown: int | None, stage: Stage) -> list[RenderableType]:
    if shown is None or there <= shown:
        return []
    more = there - shown
    return [Styled(stage.told(f"… 另有 {more} 个", f"… {more} more"), style="dim")]


def _identifier(seen: IdSeen) -> str:
    return (
        f"{seen.key.arbitration_id:08X}"
        if seen.key.is_extended
        else f"{seen.key.arbitration_id:03X}"
    )


_SHOWN_BYTES = 8


def _data(data: bytes) -> str:
    shown = data[:_SHOWN_BYTES].hex(" ").upper()
    return f"{shown} +{len(data) - _SHOWN_BYTES}" if len(data) > _SHOWN_BYTES else shown


def _number(value: float | None, digits: int) -> str:
    return "—" if value is None else f"{value:.{digits}f}"


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"
