"""What goes beyond one report of one state of the data.

`importing` takes a group's spreadsheet to raw tables; `comparing` sets two states of a review side
by side; `scenarios` runs a review under many choices. The commands use it; it may import every
room below.
"""
