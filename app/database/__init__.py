"""The database of the API: SQLite, or PostgreSQL and what speaks as it does."""
