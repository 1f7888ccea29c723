"""The wire contract between benches and ingest: it knows nobody and everybody may import it."""
