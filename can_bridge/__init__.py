"""From CAN frames to signals, usage sessions and faults, spooled until they are committed."""
