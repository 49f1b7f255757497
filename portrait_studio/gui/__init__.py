"""Widgets: main window, canvas, panels, dialogs, theme."""
