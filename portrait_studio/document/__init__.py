"""The photo being edited: pixels, mask, deltas, open and export (no Qt, no torch)."""
