"""The Users page: accounts, roles, passwords."""
