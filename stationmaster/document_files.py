"""Where the bytes of an installation's documents lie."""

from inventory.documents.files import FolderFiles
from stationmaster.settings import Settings


def documents_of(settings: Settings) -> FolderFiles:
    """The bytes of documents, below the installation's own folder."""
    return FolderFiles(settings.documents_path, settings.document_megabytes * 1_000_000)
