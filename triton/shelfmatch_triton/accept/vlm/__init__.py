"""Accepting networks that describe pictures: from weights to what their words find."""
