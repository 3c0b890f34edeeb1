"""The database backend Django is given (`ENGINE`)."""
