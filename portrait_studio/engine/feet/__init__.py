"""Feet below legs that enter a hole: where they go, which of those that are known, and what is laid there."""
