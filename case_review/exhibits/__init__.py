"""Tables and figures as the report shows them, and the one look of all of them.

Holds rows and tables (`tables`), the style of figures (`style`), boxes and arrows (`diagram`) and
the places of labels (`labelling`). Everything above may import it; it imports only the ground.
Values come in from the notebooks; Markdown, SVG and CSV go out to `report/exhibits/`.
"""

from case_review.exhibits.tables import Markdown, Row, Table, escape, spreadsheet_safe, write_csv

__all__ = ["Markdown", "Row", "Table", "escape", "spreadsheet_safe", "write_csv"]
