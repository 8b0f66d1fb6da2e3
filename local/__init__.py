"""The API and its local tenant on a developer's machine: `make serve`, which is `python -m local`.

A deployment runs `flask db upgrade` and `gunicorn wsgi:app` and has no use for this package, so it
lies beside the application, not in it.
"""
