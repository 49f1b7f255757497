"""Value types for geometry, masks, colour and image files (numpy and OpenCV; no torch, no Qt)."""
