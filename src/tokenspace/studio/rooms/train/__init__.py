"""The room Train."""
