"""Finding records of every kind by the words typed; each noun declares how it is found."""
