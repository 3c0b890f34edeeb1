"""The pages of the open books, of a co-op's front and of a member's home."""
