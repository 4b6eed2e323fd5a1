"""Shows live pictures: media workers decode them, shared memory carries them, and the desk reads them."""
