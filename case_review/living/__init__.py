"""What goes beyond one report of one state of its data.

Only the command line imports it; it may import every room below. A group's spreadsheet comes in
and raw tables go out (`importing`); two states of a review come in and what differs goes out
(`comparing`); named choices come in and what depends on them goes out (`scenarios`); a new
review is started (`starting`), and the examples are made as one (`examples`).
"""
