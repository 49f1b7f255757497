"""Other photos of the same person or place, as a source for what a hole hides.

`registration` finds how a reference lies over the photo, `light` settles its brightness and colour, `scene`
copies what both show of the same place, `faces` and `shoes` copy single parts where only these fit, `loans`
is what is copied, `borrowing` decides for each hole. What does not fit is not forced: then there is no loan.
"""
