"""Named recipes (TOML)."""
