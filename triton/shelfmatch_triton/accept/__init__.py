"""From weights to served encoders and one table of what they are worth: ``python -m shelfmatch_triton accept``."""
