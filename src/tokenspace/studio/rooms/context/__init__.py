"""The room Context."""
