"""How long a build takes: rows of `make bench`, how they are measured, and the page they make."""
