"""A hidden shoe or eye, made from the other one where that is in sight: body parts come in pairs.

Patches take a shoe's colours and lose its shape. The one in sight is copied as a whole instead:
`feet` finds both, `piece` cuts the visible one out, `places` says where it may go, `shoe_copy` lays it there,
`copied_shoes` does so for the holes of a fill. `eye_copy` lays an eye into a redrawn face.
"""
