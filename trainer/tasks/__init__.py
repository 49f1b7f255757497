"""What one training step does, one file per stage."""
