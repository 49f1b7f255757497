"""The widget that shows the photo and is painted on: view, layers, gestures."""
