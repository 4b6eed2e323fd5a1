"""Live pictures: media workers that decode, shared memory that carries them, and the desk's view of both."""
