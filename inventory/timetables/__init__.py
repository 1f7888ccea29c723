"""Slice: a school's timetable 课表 as recurring bookings, from the file it is kept in."""
