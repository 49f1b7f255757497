"""The running of a training: the loop, the state that it resumes from, and what it tells."""
