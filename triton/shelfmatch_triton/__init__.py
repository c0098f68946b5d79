"""Describes the models that Shelfmatch serves on NVIDIA Triton, and lays out their model repository."""
