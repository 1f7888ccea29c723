"""The way of a bench's data: wire contract at the bottom, ingest and store above it."""
