"""A school term in which benches are booked and used: what is planned, what happens, the account.

Everything follows from a seed; nothing here knows how bookings or usage are kept elsewhere.
"""
