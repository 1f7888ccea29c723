"""What the page of papers starts from; it asks the API for the rest (pure)."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.api_client import API
from dashboard.listings_health import may
from dashboard.wording import Lang, texts
from inventory.accounts.rules import Action
from inventory.accounts.schema import Me
from inventory.annual_reports.rules import AnnualSection
from inventory.organisations.rules import OrganisationKind
from inventory.papers.rules import PaperFormat, PaperKind
from inventory.stations.schema import StationOut

_AREAS = ("common", "trouble", "papers", "paper_kind", "paper_format", "batch", "annual")


def papers_data(
    stations: Sequence[StationOut], me: Me, asked: Mapping[str, str], *, lang: Lang, year: int
) -> dict[str, Any]:
    """What the component starts from; `year` is the one an annual report is offered for."""
    own = me.organisation
    schools = {one.organisation_code: one.organisation_name_zh for one in stations}
    if own.kind is OrganisationKind.SCHOOL:
        schools[own.code] = own.name_zh
    return {
        "api": API,
        "lang": lang.value,
        "texts": texts(lang, *_AREAS, "level_full"),
        "stations": [one.model_dump(mode="json") for one in stations],
        "schools": [{"code": code, "name": name} for code, name in sorted(schools.items())],
        "own": own.code,
        "year": year,
        "asked": dict(asked),
        "kinds": [one.value for one in PaperKind],
        "formats": [one.value for one in PaperFormat],
        "sections": [one.value for one in AnnualSection],
        "may_make": may(me, Action.MAKE_PAPER),
        "may_write": may(me, Action.WRITE_ANNUAL_REPORT),
    }
