"""Examines a broker with real connections: what it does, and what that means for us."""
