"""What gunicorn needs of us beside its settings, and what the app shares with it.

gunicorn's master imports it before there is an app, so nothing in it imports the app.
"""
