"""Programs to run and read: `python -m autograd_ref.examples.two_moons`."""
