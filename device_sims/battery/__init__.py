"""A traction battery bench: cells, high voltage, temperatures, limits and alarms."""
