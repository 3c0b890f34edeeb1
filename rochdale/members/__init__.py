"""Who belongs to the co-op: parties, admission, classes, shares and the register."""
