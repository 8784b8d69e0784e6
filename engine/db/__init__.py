"""The database: SQLite in the home or PostgreSQL, with the same tables and the same rules."""
