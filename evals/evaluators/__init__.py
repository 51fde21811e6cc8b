"""What is said of results: feedback on every row, and a section of the report on all of them."""
