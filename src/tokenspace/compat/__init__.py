"""Drop-in modules that accept the calls of other libraries: ``import tokenspace.compat.tiktoken as tiktoken``."""
