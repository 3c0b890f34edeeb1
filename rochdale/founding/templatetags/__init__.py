"""Template tags of the founding pages."""
