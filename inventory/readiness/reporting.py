"""Which shortage becomes which finding, whether it binds, and on whose authority."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from inventory.readiness import wording
from inventory.readiness.assignment import ADVICE, BINDING, UNDECIDED
from inventory.readiness.defects import Candidate, Defect
from inventory.readiness.findings import (
    REMEDY_GROUPS,
    STANDING_KINDS,
    UNDECIDED_KINDS,
    BenchFacts,
    Bilingual,
    Finding,
    FindingKind,
    Question,
    RemedyGroup,
    RowOutcome,
    Serving,
)
from inventory.readiness.paper import Paper
from inventory.readiness.serving import RowCase, Weights
from inventory.requirements.alternatives import parse_alternatives
from inventory.requirements.rules import Authority, ListSettings, Obligation, Sourced
from inventory.requirements.sharing import Sharing, parse_sharing

LIVE_AUTHORITY = Sourced(Authority.EVALUATION_ORG_DOCUMENT)
"""中车行 score sheet: the chosen vehicle or bench must have the listed normal functions."""
_GROUP_ORDER = {group: index for index, group in enumerate(RemedyGroup)}


@dataclass(frozen=True, slots=True)
class _Weight:
    """Whether a finding binds and the statement that decides it."""

    is_binding: bool
    deciding: Sourced


class Report:
    """Collects the findings of one check; alike ones of a row become one."""

    def __init__(self, settings: ListSettings) -> None:
        self._settings = settings
        self._findings: dict[tuple[str, ...], Finding] = {}

    def weights(self, case: RowCase) -> Weights:
        """What the row's shortages would weigh, by the same rules that make its findings."""
        kinds = {defect.kind for _, live in case.broken for defect in live}
        live_weight = max((_level(kind, is_binding=True) for kind in kinds), default=0)

        def lame(candidate: Candidate, has_usable: bool) -> int:
            return max(self._level(case, defect.kind, has_usable) for defect in candidate.defects)

        return Weights(
            short=live_weight if _is_mandatory(case) else min(live_weight, ADVICE),
            missing=self._level(case, FindingKind.MISSING, False),
            too_few=self._level(case, FindingKind.TOO_FEW, True),
            lame=lame,
        )

    def fact_weight(self, case: RowCase) -> int:
        """What it weighs that a fact is not stated."""
        return self._level(case, FindingKind.FACT_NOT_STATED, case.has_usable)

    def row(self, case: RowCase, fact_name: str) -> None:
        """Everything that is the matter with a row."""
        if case.needed == 0:
            return
        if case.needed is None:
            kind = FindingKind.FACT_NOT_STATED
            self._add(case, kind, wording.fact(case.row, fact_name), self._weight(case, kind))
        for bench, live in case.broken:
            weight = _Weight(case.is_short and _is_mandatory(case), LIVE_AUTHORITY)
            for defect in live:
                self._add_defect(case, bench, defect, weight)
        for candidate in case.lame_chosen:
            for defect in candidate.defects:
                self._add_defect(case, candidate, defect, self._weight(case, defect.kind))
        if case.lack > 0 and case.needed is not None:
            present = case.needed - case.lack
            kind = FindingKind.TOO_FEW if present > 0 else FindingKind.MISSING
            texts = wording.shortage(case.row, case.needed, present, case.held_by)
            self._add(case, kind, texts, self._weight(case, kind))

    def no_requirement(self, question: Question) -> None:
        """No list, or none that speaks of what was asked: nobody can say ready."""
        has_list = bool(self._settings.version)
        kind = FindingKind.NO_REQUIREMENT if has_list else FindingKind.NO_LIST
        texts = wording.no_requirement(question) if has_list else wording.no_list(question)
        self._add_general(question, kind, texts, is_binding=True)

    def not_offered(self, question: Question) -> None:
        """The station does not offer it: worth knowing, but no gap against the list."""
        texts = wording.not_offered(question)
        self._add_general(question, FindingKind.NOT_OFFERED, texts, is_binding=False)

    def _add_general(
        self, question: Question, kind: FindingKind, texts: wording.Texts, *, is_binding: bool
    ) -> None:
        module = Bilingual(f"模块 {question.module}", f"module {question.module}")
        self._findings[kind,] = Finding(
            kind=kind,
            is_binding=is_binding,
            row_id="",
            list_version=self._settings.version,
            item=module,
            authority=None,
            authority_qualifier="",
            required=texts.required,
            found=texts.found,
            reason=texts.reason,
            remedy=texts.remedy,
            remedy_group=REMEDY_GROUPS[kind],
        )

    def findings(self) -> tuple[Finding, ...]:
        """Binding ones first, then by what is to be done; else in the order of the rows."""
        return tuple(
            sorted(
                self._findings.values(),
                key=lambda one: (not one.is_binding, _GROUP_ORDER[one.remedy_group]),
            )
        )

    def _level(self, case: RowCase, kind: FindingKind, has_usable: bool) -> int:
        return _level(kind, is_binding=self._weighed(case, kind, has_usable).is_binding)

    def _weight(self, case: RowCase, kind: FindingKind) -> _Weight:
        return self._weighed(case, kind, case.has_usable)

    def _weighed(self, case: RowCase, kind: FindingKind, has_usable: bool) -> _Weight:
        """A finding binds when every statement it rests on does; the first weak one decides."""
        row = case.row
        if kind is FindingKind.MISSING:
            grounds = [row.authority_item]
        elif kind is FindingKind.TOO_FEW:
            grounds = [row.authority_quantity, row.authority_item]
        elif kind is FindingKind.FACT_NOT_STATED or kind in STANDING_KINDS:
            own = row.authority_quantity if has_usable else row.authority_item
            grounds = [own, row.authority_item]
        else:
            grounds = [row.authority_parameters, row.authority_item]
            grounds += [row.authority_quantity] if has_usable else []
        weak = [one for one in grounds if not one.binds(self._settings.binding)]
        is_binding = not weak and _is_mandatory(case)
        return _Weight(is_binding, weak[0] if weak else grounds[0])

    def _add_defect(
        self, case: RowCase, candidate: Candidate, defect: Defect, weight: _Weight
    ) -> None:
        texts = wording.Texts(defect.required, defect.found, defect.reason, defect.remedy)
        asset = candidate.item.asset_number
        self._add(case, defect.kind, texts, weight, asset, defect.bench)

    def _add(
        self,
        case: RowCase,
        kind: FindingKind,
        texts: wording.Texts,
        weight: _Weight,
        asset: str = "",
        bench: BenchFacts | None = None,
    ) -> None:
        key = (case.row.row_id, kind, texts.required.zh, texts.reason.zh, texts.found.zh)
        known = self._findings.get(key)
        if known is not None:
            self._findings[key] = replace(known, asset_numbers=(*known.asset_numbers, asset))
            return
        self._findings[key] = Finding(
            kind=kind,
            is_binding=weight.is_binding,
            row_id=case.row.row_id,
            list_version=self._settings.version,
            item=wording.item(case.row),
            authority=weight.deciding.authority,
            authority_qualifier=weight.deciding.qualifier,
            required=texts.required,
            found=texts.found,
            reason=texts.reason,
            remedy=texts.remedy,
            remedy_group=REMEDY_GROUPS[kind],
            asset_numbers=(asset,) if asset else (),
            bench=bench,
        )


def outcome(case: RowCase, paper: Paper, others: Mapping[str, str]) -> RowOutcome:
    """How a row was served, for the record; `others` are rows of other modules with these."""
    rule = parse_sharing(case.row.sharing_rule)

    def shared_with(asset: str) -> tuple[str, ...]:
        if rule.sharing is Sharing.DEDICATED:
            return ()
        rows = (row_id for row_id in paper.rows_of(asset) if row_id in others)
        return tuple(sorted({others[row_id] for row_id in rows}))

    words = {one.option: one.how.text for one in case.substitutes}
    return RowOutcome(
        row_id=case.row.row_id,
        item=wording.item(case.row),
        needed=case.needed,
        counted=case.counted,
        unit=case.row.quantity_unit,
        is_met=case.is_met,
        asset_numbers=tuple(share.asset_number for share in case.shares),
        serving=tuple(
            Serving(
                share.asset_number,
                share.amount,
                words.get(share.offer.option, ""),
                shared_with(share.asset_number),
            )
            for share in case.shares
        ),
        waived_by=case.served.waived_by,
        unsettled_substitutes=""
        if case.row.decided_substitutes
        else parse_alternatives(case.row.substitutes).unparsed,
        decided_substitutes=case.row.decided_substitutes,
        sharing=rule.sharing,
        unread_sharing=rule.unread,
        held_by=case.held_by,
    )


def _is_mandatory(case: RowCase) -> bool:
    return case.row.obligation is Obligation.MANDATORY


def _level(kind: FindingKind, *, is_binding: bool) -> int:
    if not is_binding:
        return ADVICE
    return UNDECIDED if kind in UNDECIDED_KINDS else BINDING
