"""The Menu API beside its peers, on the same routes and bodies: `make bench`."""
