"""Word, item and document vectors: training, querying, files."""
