"""Papers a school hands in: made from what the database says, in Word, PDF and Excel."""
