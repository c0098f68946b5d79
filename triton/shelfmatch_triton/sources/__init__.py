"""The published encoders that Shelfmatch can run, and where their weights come from."""
