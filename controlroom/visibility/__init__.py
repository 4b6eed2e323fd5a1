"""Who sees what: records restricted to named people are kept from everybody else, whatever kind of record they are."""
