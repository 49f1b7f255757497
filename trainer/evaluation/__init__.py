"""Measuring completion: methods, scores, tables and contact sheets."""
