"""What each family of networks does with pictures and prompts."""
