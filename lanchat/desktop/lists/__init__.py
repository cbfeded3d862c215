"""Lists of rooms and of people: one canvas that draws only the rows that are seen, and names with emoji on it."""
