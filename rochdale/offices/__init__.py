"""Who may do what: offices with terms, access tokens, and the one question every action asks."""
