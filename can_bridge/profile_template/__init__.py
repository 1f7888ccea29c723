"""Writing a bench profile for somebody: what every key means, and what a DBC suggests."""
