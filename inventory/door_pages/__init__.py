"""Slice: the page that hangs at a lab's door and says what runs now and next."""
