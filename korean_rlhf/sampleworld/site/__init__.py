"""A small Korean site with what real sites have: good prose, and everything in its way."""

from korean_rlhf.sampleworld.site.write import write_site

__all__ = ["write_site"]
