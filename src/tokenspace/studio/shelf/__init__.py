"""The files a page may name: those given on the command line and those uploaded. No path comes from the page."""

from .kinds import FileKind
from .shelf import Shelf
from .shelf_file import Origin, ShelfFile
from .uploads import Upload

__all__ = ["FileKind", "Origin", "Shelf", "ShelfFile", "Upload"]
