"""What parts of the API cost, as multiples of each other in one process and one run."""
