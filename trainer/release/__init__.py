"""From a training to files that the program loads: weights, cards, and what is checked before."""
