"""The digest of a state: everything that stands as a session shows it, told without ids and clock times."""
