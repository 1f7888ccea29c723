"""The sentences of findings that rest on dated papers: proofs and agreements."""

from datetime import date

from inventory.agreements.rules import AgreementState, Loan
from inventory.proofs.rules import Proof, ProofKind, ProofState
from inventory.readiness.findings import Bilingual
from inventory.readiness.wording import NOTHING, Texts
from inventory.requirements.rules import Requirement

PROOFS = {
    ProofKind.CALIBRATION: Bilingual("校准", "calibration"),
    ProofKind.VERIFICATION: Bilingual("检定", "verification"),
    ProofKind.SAFETY_TEST: Bilingual("预防性试验", "safety test"),
    ProofKind.FUNCTIONAL_CHECK: Bilingual("点检", "functional check"),
}


def no_loan(loan: Loan, on: date) -> Texts:
    """No agreement of a borrowed thing covers the day."""
    found, reason = NOTHING, Bilingual("没有借用协议", "no agreement on record")
    remedy = Bilingual("登记借用协议及起止日期", "record the agreement with its dates")
    if loan.agreement is not None:
        told = loan.agreement
        of = f"（{told.partner}）" if told.partner else ""
        by = f" from {told.partner}" if told.partner else ""
        if loan.state is AgreementState.NOT_BEGUN:
            found = Bilingual(
                f"自 {told.valid_from} 起借用{of}", f"borrowed{by}, as of {told.valid_from}"
            )
            reason = Bilingual("借用协议在检查日期尚未开始", "the loan begins after the day")
            remedy = Bilingual("提前借用并登记起始日期", "borrow it earlier and record that")
        else:
            found = Bilingual(
                f"借用截止 {told.valid_to}{of}", f"borrowed{by} until {told.valid_to}"
            )
            reason = Bilingual("借用协议在检查日期前到期", "the loan ends before the day")
            remedy = Bilingual(
                "续签借用协议并登记新的截止日期", "extend the loan and record its end"
            )
    return Texts(
        required=Bilingual(f"借用期覆盖 {on}", f"a loan that covers {on}"),
        found=found,
        reason=reason,
        remedy=remedy,
    )


def proof(row: Requirement, shown: Proof, on: date) -> Texts:
    """Calibration, verification, safety test or functional check does not hold on the day."""
    what = PROOFS[shown.kind]
    if shown.state is ProofState.EXPIRED:
        found = Bilingual(f"有效期至 {shown.until}", f"valid until {shown.until}")
        reason = Bilingual(
            f"{what.zh}已于 {shown.until} 到期，检查日期为 {on}",
            f"the {what.en} ran out on {shown.until}; the check is for {on}",
        )
    elif shown.state is ProofState.FAILED:
        found = Bilingual(f"{shown.done_on or ''} 不合格", f"failed on {shown.done_on or 'record'}")
        reason = Bilingual(
            f"最近一次{what.zh}不合格", f"the last {what.en} failed, which ends older ones"
        )
    elif shown.state is ProofState.NOT_YET:
        found = Bilingual(f"{shown.done_on} 完成", f"done on {shown.done_on}")
        reason = Bilingual(
            f"{what.zh}日期 {shown.done_on} 晚于检查日期 {on}",
            f"the {what.en} of {shown.done_on} is later than the day of the check, {on}",
        )
    else:
        found = NOTHING
        reason = Bilingual(f"台账没有{what.zh}有效期", f"the register has no {what.en} dates")
    interval = row.interval_months
    zh_every, en_every = (
        (f"（周期 {interval} 个月）", f" (every {interval} months)") if interval else ("", "")
    )
    if row.duty_condition:
        zh_every, en_every = (
            f"{zh_every}（{row.duty_condition}）",
            f"{en_every} ({row.duty_condition})",
        )
    return Texts(
        required=Bilingual(
            f"{on} 当日{what.zh}有效{zh_every}", f"{what.en} valid on {on}{en_every}"
        ),
        found=found,
        reason=reason,
        remedy=Bilingual(
            f"在 {on} 前完成{what.zh}并登记日期与证书",
            f"do the {what.en} before {on} and record its dates and certificate",
        ),
    )
