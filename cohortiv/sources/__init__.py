"""The only door to tables from outside; the field names of venues end here."""
