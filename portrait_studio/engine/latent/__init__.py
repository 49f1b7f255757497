"""Faces by search: the face of a generator that goes best with what is known of the photo's.

After Qiang, He, Zhang and Li, "Face Inpainting with Deep Generative Models" (2019).
"""
