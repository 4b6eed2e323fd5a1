"""A kind of record that only tests have: items lost in the street and handed in at the control room.

It is to get everything a record of the product has (triggers, grants, hiding, purge, audit words, search, references,
checks, refresh after an outage, a page) by its one declaration and the two lists it is handed in.
"""
