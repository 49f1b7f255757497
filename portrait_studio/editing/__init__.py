"""Editing a document without a window: requests, candidates, records and replays (no Qt, no torch)."""
