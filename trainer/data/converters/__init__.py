"""One module per data set: from its own layout to samples at training size."""
