"""The route that shows what a list file would become, before anything is imported."""

from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from pydantic import BaseModel, Field

from inventory.accounts.policies import TheDatabase
from inventory.requirements.mapping_memory import mapping_of
from inventory.requirements.publishing import demand_publisher
from inventory.requirements.reading import ListReading, read_list
from inventory.requirements.routes import Publisher
from inventory.requirements.schema import RequirementOut
from inventory.requirements.settling import decisions_of, open_pieces
from inventory.requirements.tabular import PassedOver, RowProblem

SHOWN_ROWS = 200
"""Chosen: as many as a person looks through; counts are of all rows."""
router = APIRouter(tags=["lists"])


class PreviewForm(BaseModel):
    """A file and how its columns are to be read."""

    model_config = {"extra": "forbid"}

    file: UploadFile
    mapping: str = Field(default="", description="a `ListMapping` as JSON; empty: our own columns")


class ListPreview(BaseModel):
    """What an import would bring."""

    stated_version: str = Field(description="the version the file says it is; empty: it says none")
    row_count: int
    rows: list[RequirementOut] = Field(description=f"the first {SHOWN_ROWS}")
    problems: list[RowProblem]
    ignored_columns: list[str]
    passed_over: list[PassedOver]
    open_pieces: int = Field(description="parameter texts that would wait for a person")


@router.post("/lists/previews")
def preview_a_list(
    form: Annotated[PreviewForm, Form(media_type="multipart/form-data")],
    database: TheDatabase,
    caller: Publisher,
) -> ListPreview:
    """What a csv or xlsx file would become under a mapping; nothing is stored."""
    with database.read() as db:
        demand_publisher(db, caller)
        decided = frozenset(decisions_of(db, caller.organisation_code))
    mapping = mapping_of(form.mapping) if form.mapping else None
    reading = read_list(form.file.filename or "", form.file.file.read(), mapping)
    return ListPreview(
        stated_version=reading.version,
        row_count=len(reading.cells),
        rows=_shown(reading),
        problems=list(reading.problems),
        ignored_columns=list(reading.ignored_columns),
        passed_over=list(reading.passed_over),
        open_pieces=len(open_pieces(reading.cells) - decided),
    )


def _shown(reading: ListReading) -> list[RequirementOut]:
    pairs = zip(reading.cells[:SHOWN_ROWS], reading.extras[:SHOWN_ROWS], strict=True)
    return [
        RequirementOut.model_validate(row.model_dump() | {"extra_cells": dict(extra)})
        for row, extra in pairs
    ]
