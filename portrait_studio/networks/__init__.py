"""The networks, their conventions and their released weights; shared by engine and trainer (torch, no Qt)."""
