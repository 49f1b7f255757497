"""Portrait Trainer: from public data sets to released weights, and the measurements."""
