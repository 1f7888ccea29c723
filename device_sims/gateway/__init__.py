"""A gateway bench: three buses, their control units, network management and a body."""
