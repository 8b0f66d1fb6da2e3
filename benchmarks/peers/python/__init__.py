"""The peers in Python. They run in a virtual environment of their own, without the project."""
