"""What `portrait-trainer` understands: one file for each command."""
