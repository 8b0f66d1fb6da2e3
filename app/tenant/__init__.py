"""A local stand-in for an Auth0 tenant, for development and tests.

It is an application of its own, run as a process of its own (`flask tenant run`), on loopback only.
The API knows it as it knows any issuer: by its address. Of the project this package imports
`app.authz` alone, and the app takes of it the `flask tenant` commands alone.
"""
