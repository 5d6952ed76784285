"""What is no room of its own: status, files, models by name."""
