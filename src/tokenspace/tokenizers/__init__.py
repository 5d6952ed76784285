"""Floor 1: load, encode, decode, compare. Import from ``tokenspace``; the modules here are its homes."""
