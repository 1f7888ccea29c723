"""From the broker to a committed row, acknowledged only after the commit."""
