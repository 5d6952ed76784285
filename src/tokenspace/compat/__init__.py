"""Drop-in modules that accept the calls of other libraries."""
