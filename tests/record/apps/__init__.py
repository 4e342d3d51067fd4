"""The apps that are recorded, one module each."""
