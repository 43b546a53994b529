"""What a review does over its life: begun, filled from a spreadsheet, tried otherwise, compared.

Each of these has a room within this one: `importing` drafts raw tables from a spreadsheet,
`comparing` says what changed since another state of the review, `scenarios` builds the review under
other choices. Only the commands of `__main__` import it. Spreadsheets, revisions and parameter sets
come in; raw tables, pages and summaries go out.
"""
