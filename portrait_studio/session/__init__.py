"""QtCore objects that own the document, its undo stack and its jobs (no widgets)."""
