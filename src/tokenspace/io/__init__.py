"""Text in and records out: files, streams, tables; nothing here knows of tokenizers."""

from __future__ import annotations

from .expand import Source, expand_inputs
from .readers import ReadOptions, Record, read_records
from .streams import ReadState
from .writers import atomic_writer

__all__ = ["ReadOptions", "ReadState", "Record", "Source", "atomic_writer", "expand_inputs", "read_records"]
