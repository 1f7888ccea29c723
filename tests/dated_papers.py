"""Proofs and agreements of things in tests, by the one day that matters."""

from datetime import date

from inventory.agreements.rules import Agreement
from inventory.proofs.rules import ProofKind, ProofRecord


def calibrated(until: date | None) -> tuple[ProofRecord, ...]:
    return () if until is None else (ProofRecord(ProofKind.CALIBRATION, valid_until=until),)


def lent(until: date) -> tuple[Agreement, ...]:
    return (Agreement(valid_to=until),)
