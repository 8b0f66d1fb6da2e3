"""A local stand-in for an Auth0 tenant, for development and tests.

It is an application of its own, run as a process of its own (`flask tenant run`), on loopback only.
The API knows it as it knows any issuer: by its address. This package imports nothing else of the
project; of it, the app takes the `flask tenant` commands alone.
"""
