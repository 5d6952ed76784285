"""Writing tokenizers in the formats of other libraries, one file a format."""
