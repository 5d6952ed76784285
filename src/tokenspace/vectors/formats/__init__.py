"""Files of vectors, one format a module: readers that make a `KeyedVectors`, and writers."""
