# The API with nothing that it does not need at run time. Build it in the project's folder:
#
#     docker build --tag menu-api .
#
# One image serves, migrates and revokes: the command says what it does (deploy/compose.yaml).

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
# Wheels alone, each with its hash: nothing is compiled, and nothing runs at installation.
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --only-binary :all: --require-hashes --requirement requirements.lock \
    && /venv/bin/python -m pip uninstall --yes pip setuptools

WORKDIR /menu
COPY wsgi.py config.py gunicorn.conf.py ./
COPY serving serving
COPY migrations migrations
COPY app app
# The file system will be read-only.
RUN /venv/bin/python -m compileall -q /venv /menu

FROM python:3.11-slim-bookworm
RUN python -m pip uninstall --yes --root-user-action ignore pip setuptools wheel \
    && groupadd --gid 10001 menu \
    && useradd --uid 10001 --gid menu --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin menu
COPY --from=build /venv /venv
COPY --from=build /menu /menu
WORKDIR /menu
USER 10001:10001
ENV PATH=/venv/bin:$PATH \
    FLASK_APP=wsgi:app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
EXPOSE 7000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1:7000', timeout=2); c.request('GET', '/health/live'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["gunicorn", "--bind", "0.0.0.0:7000", "wsgi:app"]
