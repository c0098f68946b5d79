"""The instance encoder: the same thing under another view. How it is trained, and from what (README.md)."""
