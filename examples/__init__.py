"""Applications that show the guard layer at work."""
