"""What can be wrong with a bench profile, all of it at once and by line."""
