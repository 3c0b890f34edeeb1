"""The database: its own embedded server, roles and rights, co-op schemas, founding, migrating."""
