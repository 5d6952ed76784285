"""What runs a model: the native core, torch, or a table of static vectors, behind one protocol."""
