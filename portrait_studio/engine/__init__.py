"""From CompletionRequest to CompletionResult: one file per stage (no Qt)."""
