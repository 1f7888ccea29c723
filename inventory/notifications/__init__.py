"""Slice: telling people: inbox, e-mail and group bots, from an outbox that loses nothing."""
