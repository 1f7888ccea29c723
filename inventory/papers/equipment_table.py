"""What the equipment table 设备与工具一栏表 says."""

from collections.abc import Mapping, Sequence
from datetime import date

from inventory.equipment.rules import EquipmentItem, loan_of
from inventory.moments import today
from inventory.papers.origin import Headline, Origin, column, content, fact, fact_list, grid, words
from inventory.papers.rules import PaperKind
from inventory.papers.schema import Block, PaperContent
from inventory.papers.self_check import Checked, list_of, list_words, offered
from inventory.papers.wording import day, number, zh
from inventory.proofs.rules import ProofKind, ProofState, proof

_COLUMNS = (
    column("资产编号", 20),
    column("名称", 30),
    column("型号规格", 22),
    column("数量", 9, is_number=True),
    column("单位", 8),
    column("主要技术参数", 46),
    column("存放地点", 22),
    column("校准有效期", 32),
    column("对应清单行", 28),
    column("状态", 10),
    column("备注", 34),
)
_PIECES = "件"


def equipment_table(
    origin: Origin, checked: Checked, items: Sequence[EquipmentItem]
) -> PaperContent:
    """The table of the things that stand in the station, by asset number."""
    version, is_official = list_of(checked.answers)
    serving = _serving(checked)
    rows = _rows(items, checked, serving, today(origin.made_at))
    serving_count = sum(item.asset_number in serving for item in items)
    summary = [
        fact("设备与工具", f"{len(items)} 项"),
        fact("对应清单", f"{serving_count} 项"),
        fact("设备与工具清单", list_words(version, is_official)),
    ]
    basics = [
        fact("学校", f"{origin.organisation_name}（{origin.organisation_code}）"),
        fact("站点", f"{origin.station_name}（{origin.station_code}）"),
        fact("填表日期", day(origin.made_at)),
        *summary,
    ]
    headline = Headline(
        PaperKind.EQUIPMENT_TABLE,
        f"{origin.organisation_name}{origin.station_name}设备与工具一栏表",
        version,
        is_official,
        is_landscape=True,
        signatures=("填表人（签字）", "站长（签字）", "学校（盖章）"),
    )
    note = "“对应清单行”为自查时计入的要求项；单位未填写的按件计。"
    if not offered(checked.answers):
        note += "没有可核对的要求项。"
    blocks: list[Block] = [
        fact_list(basics),
        grid(_COLUMNS, rows, if_empty="台账中没有该站点的设备"),
        words(note),
    ]
    return content(origin, headline, summary, blocks)


def _rows(
    items: Sequence[EquipmentItem],
    checked: Checked,
    serving: Mapping[str, Sequence[str]],
    on: date,
) -> list[tuple[str, ...]]:
    remarks = _remarks(checked)
    return [
        (
            item.asset_number,
            item.item_zh,
            " ".join(part for part in (item.model, item.serial) if part),
            number(item.quantity),
            item.quantity_unit or _PIECES,
            item.parameters,
            item.location,
            _validity(item, on),
            "、".join(serving.get(item.asset_number, ())),
            zh(item.status),
            "；".join((*_owner(item, on), *remarks.get(item.asset_number, ()))),
        )
        for item in items
    ]


def _serving(checked: Checked) -> Mapping[str, Sequence[str]]:
    """Rows of the list that each thing counts for, in any module and level."""
    found: dict[str, dict[str, None]] = {}
    for answer in checked.answers:
        for row in answer.rows:
            for one in row.serving:
                found.setdefault(one.asset_number, {})[row.row_id] = None
    return {asset: sorted(rows) for asset, rows in found.items()}


def _remarks(checked: Checked) -> Mapping[str, Sequence[str]]:
    """What the check has against each thing."""
    found: dict[str, dict[str, None]] = {}
    for answer in checked.answers:
        for one in answer.findings:
            for asset in one.asset_numbers:
                found.setdefault(asset, {})[zh(one.kind)] = None
    return {asset: list(words) for asset, words in found.items()}


def _validity(item: EquipmentItem, on: date) -> str:
    """What holds until when; a failed proof is no proof, and is told."""
    said = []
    for kind in ProofKind:
        one = proof(item.proofs, kind, on)
        if one.state is ProofState.FAILED:
            said.append(f"{zh(kind)}不合格")
        elif one.until is not None:
            said.append(f"{zh(kind)}至 {one.until}")
    return "；".join(said)


def _owner(item: EquipmentItem, on: date) -> list[str]:
    found = loan_of(item, on)
    if found is None:
        return []
    if found.agreement is None:
        return [zh(item.owner)]
    return [f"{zh(item.owner)}（{found.agreement.partner}）"]
