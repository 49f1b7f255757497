"""Windows over the main window: questions, errors, preferences, export, weights."""
