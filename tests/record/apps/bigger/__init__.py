"""The chapter "Bigger Applications - Multiple Files"."""
