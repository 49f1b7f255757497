"""Data sets: public layouts, conversion, packing, sampling and holes."""
