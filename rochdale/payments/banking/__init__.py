"""Bank statements: one form for all of them (`form`), and a reader for each format (`tables` for CSV)."""
