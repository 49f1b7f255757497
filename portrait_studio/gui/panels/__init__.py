"""What stands around the canvas: tool bars, docks, status bar, banner and candidate strip."""
