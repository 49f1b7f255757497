"""What an export may do to a photo before it is encoded: scale it, convert it to sRGB."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageCms

from portrait_studio.imaging.photo import Photo
from portrait_studio.messages import Message


def scaled_down(photo: Photo, longest_px: int) -> Photo:
    """The photo with a longer side of at most so many pixels; the same where it is smaller already."""
    extent = photo.extent
    longest = max(extent.width, extent.height)
    if longest <= longest_px:
        return photo
    size = tuple(max(1, round(side * longest_px / longest)) for side in (extent.width, extent.height))
    # Hidden colours would be mixed into the visible ones beside them.
    pixels = cv2.resize(photo.visible_pixels, size, interpolation=cv2.INTER_AREA)
    alpha = None
    if photo.alpha is not None:
        alpha = cv2.resize(photo.alpha, size, interpolation=cv2.INTER_AREA)
    return replace(photo, pixels=pixels, alpha=alpha)


def in_srgb(photo: Photo) -> tuple[Photo, str]:
    """Convert an 8-bit photo from its profile to sRGB.

    Returns:
        The photo, and a sentence where it could not be converted (else empty).
    """
    if not photo.metadata.icc:
        return photo, ""
    if photo.bits != 8 or photo.is_grey:
        return photo, Message("Only 8-bit colour can be converted to sRGB; the photo keeps its profile.")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(photo.metadata.icc))
        image = Image.fromarray(np.ascontiguousarray(photo.pixels))
        converted = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        converted = None
    if converted is None:
        return photo, Message("The photo's profile is damaged, so that it could not be converted to sRGB.")
    metadata = replace(photo.metadata, icc=srgb.tobytes())
    return replace(photo, pixels=np.asarray(converted), metadata=metadata), ""
