"""The registry of co-ops and people's log-ins; lies in the public schema."""
