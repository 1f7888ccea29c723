"""Writers of log formats for other tools."""
