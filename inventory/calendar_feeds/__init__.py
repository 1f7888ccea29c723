"""Slice: bookings as calendars to subscribe to, by secret addresses that can be taken back."""
