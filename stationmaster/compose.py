"""How settings become parts and parts become the app."""

from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from dashboard.server import streamlit_app
from inventory.app import Front, Parts, create_app
from inventory.benches.live_memory import MemoryLiveBenches
from inventory.database import Database, open_database
from stationmaster.delivering import outreach_of
from stationmaster.document_files import documents_of
from stationmaster.evidence import StoredLiveBenches
from stationmaster.export_jobs import ExportLimits, StoredExportJobs
from stationmaster.settings import Settings
from stationmaster.transport import StoredTransport
from telemetry.store.port import TimeSeriesReader


def compose_app(settings: Settings, database: Database, reader: TimeSeriesReader) -> FastAPI:
    """API and dashboard of an installation, at most one in a process.

    The caller opens and closes database and reader. To stop without waiting for open streams,
    call `app.state.streams.stop()` first, and `app.state.exports.close()` at the end.
    """
    parts = Parts(
        database,
        StoredLiveBenches(reader),
        StoredTransport(reader),
        public_url=settings.public_url,
        exports=exports_of(settings),
        documents=documents_of(settings),
        chinese_font=settings.chinese_font,
        outreach=outreach_of(settings),
    )
    pages = streamlit_app()
    return create_app(parts, Front(pages, pages.lifespan()))


def exports_of(settings: Settings) -> StoredExportJobs:
    """Makers of files in the installation's own folder; the caller of the app closes them."""
    kept = timedelta(hours=settings.export_hours)
    limits = ExportLimits(kept, settings.export_megabytes * 1_000_000)
    return StoredExportJobs(settings.var / "exports", settings.var, limits)


def openapi_document() -> dict[str, Any]:
    """The API's description, made without touching disk, network or settings."""
    database = open_database("sqlite://")
    try:
        document: dict[str, Any] = create_app(Parts(database, MemoryLiveBenches())).openapi()
    finally:
        database.close()
    return document
