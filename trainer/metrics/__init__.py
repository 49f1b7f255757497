"""Image and parsing metrics."""
