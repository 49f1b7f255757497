"""Recipes: their typed settings, how they are read, and those that come with the program (TOML)."""
