"""Cases to measure completion on: photos of which a part is hidden and known.

Holes are drawn at random, but from the photo's name alone: the same photo always gets the same hole, on every
machine and whatever else is measured.
"""
