"""A drive motor bench: a 150 kW permanent-magnet motor, its inverter and a dynamometer."""
