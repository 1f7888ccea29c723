"""From the bits of frames to scaled values that may be believed."""
