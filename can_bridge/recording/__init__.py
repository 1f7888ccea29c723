"""The raw frames of a running bench on disk: capped, crash-safe, exported with `log export`."""
