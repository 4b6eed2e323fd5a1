"""Shows the Users page: accounts, roles, passwords."""
