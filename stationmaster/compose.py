"""How settings become parts and parts become the app."""

from typing import Any

from fastapi import FastAPI

from dashboard.server import streamlit_app
from inventory.app import Front, Parts, create_app
from inventory.benches.live_memory import MemoryLiveBenches
from inventory.database import Database, open_database
from stationmaster.evidence import StoredLiveBenches
from stationmaster.settings import Settings
from telemetry.store.port import TimeSeriesReader


def compose_app(settings: Settings, database: Database, reader: TimeSeriesReader) -> FastAPI:
    """API and dashboard of an installation, at most one in a process.

    The caller opens and closes database and reader. To stop without waiting for open streams,
    call `app.state.streams.stop()` first.
    """
    parts = Parts(database, StoredLiveBenches(reader), public_url=settings.public_url)
    pages = streamlit_app()
    return create_app(parts, Front(pages, pages.lifespan()))


def openapi_document() -> dict[str, Any]:
    """The API's description, made without touching disk, network or settings."""
    database = open_database("sqlite://")
    try:
        document: dict[str, Any] = create_app(Parts(database, MemoryLiveBenches())).openapi()
    finally:
        database.close()
    return document
