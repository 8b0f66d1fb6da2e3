"""A local stand-in for an Auth0 tenant, for development and tests.

It is an application of its own, run as a process of its own (`flask tenant run`), on loopback only.
The API knows it as it knows any issuer: by its address. Nothing but the `flask tenant` commands is
shared, so this package imports nothing else of the project and may be left out of a deployment.
"""
