"""Dated rules that only the members change, and the law that bounds them."""
