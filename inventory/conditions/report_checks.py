"""The condition that the annual pilot report answers (pure)."""

from inventory.conditions.ground import Ask
from inventory.conditions.rules import Computed
from inventory.readiness.findings import Bilingual


def annual_report(ask: Ask) -> Computed:
    """This year's report or last year's has every section and at least one batch.

    Totals always equal the sums here, since they are worked out. A school that has written nothing
    has told nothing: its report may lie on paper, which people state.
    """
    told = ask.ground.annual_report
    required = Bilingual(
        "本年度或上一年度的试点工作报告各部分齐全，并列出培训批次",
        "every section and the batches of this year's or last year's report",
    )
    remedy = Bilingual(
        "填写年度报告各部分并登记培训批次", "write the sections and record the batches"
    )
    if told is None:
        nothing = Bilingual(
            "尚未填写年度试点工作报告", "nothing of an annual report has been written"
        )
        return Computed(None, required, nothing, remedy)
    said = Bilingual(
        f"{told.year} 年度报告已写 {told.written} / {told.sections} 部分，批次 {told.batches} 个",
        f"{told.year}: {told.written} of {told.sections} sections, {told.batches} batches",
    )
    is_met = told.written == told.sections and told.batches > 0
    return Computed(is_met, required, said, remedy)
