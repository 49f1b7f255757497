"""Losses of Wu et al. and of our variants."""
