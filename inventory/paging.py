"""How long listings are cut into pages."""

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

T = TypeVar("T")
MAX_LIMIT = 200

Offset = Annotated[int, Query(ge=0, le=10_000_000, description="items to skip")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="items on a page")]


class Page(BaseModel, Generic[T]):
    """One page of a listing."""

    items: list[T]
    total: int = Field(description="items on all pages")
    next: int | None = Field(description="offset of the next page; null on the last one")


def page(items: Sequence[T], total: int, offset: int) -> Page[T]:
    """Wrap the items that start at `offset` of a listing of `total`."""
    end = offset + len(items)
    return Page(items=list(items), total=total, next=end if items and end < total else None)
