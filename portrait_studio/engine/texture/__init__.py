"""Structure-guided patch synthesis: fills a hole with the photo's own texture, steered by the parsing map."""

from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.texture.preparation import prepare_texture
from portrait_studio.engine.texture.synthesis import synthesise

__all__ = ["TextureOptions", "prepare_texture", "synthesise"]
