"""CAN adapters: opened listen-only, received in batches, watched, reconnected."""
