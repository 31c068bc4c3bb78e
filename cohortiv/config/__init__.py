"""Files that an institution writes, read and checked: cohorts and the brand."""
