"""What an export does to pixels before they are encoded: scale them, convert them to sRGB, fit the format."""

from __future__ import annotations

import io
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageCms

from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.formats import FormatTraits
from portrait_studio.imaging.photo import Photo, Pixels, Plane
from portrait_studio.messages import Message


def scaled_down(photo: Photo, longest_px: int | None) -> Photo:
    """The photo with a longer side of at most so many pixels; the same where it is no longer than that."""
    extent = photo.extent.shrunk_to(longest_px)
    if extent == photo.extent:
        return photo
    size = (extent.width, extent.height)
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


def fitted_photo(photo: Photo, traits: FormatTraits, *, to_srgb: bool) -> tuple[Photo, tuple[str, ...]]:
    """Reduce a photo to what a format can hold.

    Args:
        photo: with the metadata that are to be written.
        traits: what the format can hold.
        to_srgb: whether 8-bit colour is converted from its profile.

    Returns:
        The photo, and sentences about what was lost.
    """
    notices: list[str] = []
    metadata, pixels, alpha = photo.metadata, photo.pixels, photo.alpha
    if photo.bits == 16 and not traits.holds_16_bits:
        notices.append(
            Message("{format} holds 8 bits per channel; the photo's 16 were rounded.", format=traits.title)
        )
        pixels, alpha = in_8_bits(pixels), None if alpha is None else in_8_bits(alpha)
    if to_srgb:
        converted, problem = in_srgb(replace(photo, pixels=pixels))
        pixels, metadata = converted.pixels, converted.metadata
        notices += [problem] if problem else []
    if alpha is not None and not traits.holds_opacity:
        notices.append(
            Message("{format} holds no transparency; the photo was laid on white.", format=traits.title)
        )
        pixels, alpha = _on_white(pixels, alpha), None
    is_deep_grey_with_opacity = alpha is not None and photo.bits == 16
    has_grey = traits.holds_grey and (traits.holds_deep_grey_opacity or not is_deep_grey_with_opacity)
    is_grey = photo.is_grey and has_grey
    if traits.checks_profile or is_grey != photo.is_grey:
        # The profile of a grey device says nothing about a colour picture; PNG forbids both mismatches.
        wanted = b"GRAY" if is_grey else b"RGB "
        if metadata.icc and metadata.icc[16:20] != wanted:
            notices.append(Message("The photo's colour profile does not fit this format and was left out."))
            metadata = replace(metadata, icc=b"")
    return replace(photo, is_grey=is_grey, pixels=pixels, alpha=alpha, metadata=metadata), tuple(notices)


def _on_white(pixels: Pixels, alpha: Plane) -> Pixels:
    """Lay (H, W, 3) with opacity (H, W) on white, both uint8, rounded."""
    opacity = alpha[:, :, None].astype(np.uint16)
    laid: Pixels = ((pixels * opacity + 255 * (255 - opacity) + 127) // 255).astype(np.uint8)
    return laid
