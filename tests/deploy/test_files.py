"""The files of `deploy/` and the Dockerfile, as their own linters and schemas see them.

There is no container engine here: nothing is built.
"""

import re
import signal
import subprocess
import sysconfig
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import config
from app import create_app
from app.authz.reading import DEFAULTS

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
GUNICORN = (ROOT / "gunicorn.conf.py").read_text()
SCRIPTS = Path(sysconfig.get_path("scripts"))

SETTINGS = {setting.name for setting in config.SETTINGS} | set(DEFAULTS)

#: Address at which the API is asked, in the files that say how.
PROBED = re.compile(r"(?:path: |health_uri |'GET', ')(/[a-z/]+)")


def manifests() -> list[dict[str, Any]]:
    """Return all that Kubernetes is told."""
    files = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return [each for path in files for each in yaml.safe_load_all(path.read_text())]


def manifest(kind: str) -> dict[str, Any]:
    return next(each for each in manifests() if each["kind"] == kind)


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


def unit() -> ConfigParser:
    """Return what systemd is told."""
    parser = ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((DEPLOY / "menu-api.service").read_text())
    return parser


def patience() -> int:
    """Return the seconds that gunicorn gives its requests to end in."""
    found = re.search(r"^graceful_timeout = (\d+)$", GUNICORN, re.MULTILINE)
    assert found
    return int(found[1])


def copied() -> set[str]:
    """Return what the Dockerfile takes from the project."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return {name for line in lines for name in line.split()}


def run(*command: object, **environ: str) -> None:
    """Run a linter that ends with another status than 0 if it finds something."""
    program, *arguments = map(str, command)
    done = subprocess.run(
        [SCRIPTS / program, *arguments],
        env={"PATH": "", "HOME": "/nonexistent", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_passes_its_linter() -> None:
    run("hadolint", "--no-color", ROOT / "Dockerfile")


def test_the_compose_file_holds_to_its_schema() -> None:
    run("check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml")


@pytest.mark.parametrize("command", ["validate", "fmt"])
def test_the_proxy_reads_its_file(command: str, tmp_path: Path) -> None:
    arguments = {"validate": ["--adapter", "caddyfile", "--config"], "fmt": ["--diff"]}[command]
    run(
        *("caddy", command, *arguments, DEPLOY / "Caddyfile"),
        SITE_ADDRESS="menu.example.com",
        UPSTREAMS="api-one:7000 api-two:7000",
        HOME=str(tmp_path),
    )


@pytest.mark.parametrize("number", range(len(manifests())))
def test_each_manifest_holds_to_its_schema(number: int) -> None:
    newest = kubernetes_validate.latest_version()
    kubernetes_validate.validate(manifests()[number], newest, strict=True)


def test_the_image_holds_what_is_served_and_nothing_else() -> None:
    """And what is sent to the build is what it copies."""
    modules = {"config.py", "gunicorn.conf.py", "wsgi.py"}
    served = modules | {"app", "migrations", "serving"}
    assert copied() == served | {"requirements.lock"}
    sent = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert set(sent) == copied()


def test_only_settings_that_exist_are_set() -> None:
    told = set(compose()["x-api"]["environment"]) | set(manifest("ConfigMap")["data"])
    assert told | set(manifest("Secret")["stringData"]) <= SETTINGS


def test_every_container_runs_with_as_little_as_it_can() -> None:
    """No root, no new privileges, no capabilities, and a file system that is only read."""
    for kind in ("Deployment", "Job"):
        pod = manifest(kind)["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["automountServiceAccountToken"] is False
        [container] = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert f"USER {pod['securityContext']['runAsUser']}:" in DOCKERFILE
    for name in ("api-one", "api-two", "migrate"):
        service = compose()["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_the_proxy_is_the_only_one_that_is_believed() -> None:
    proxy = compose()["services"]["proxy"]["networks"]["front"]["ipv4_address"]
    environment = compose()["services"]["api-one"]["environment"]
    assert (environment["PROXY_HOPS"], environment["TRUSTED_PROXIES"]) == ("1", proxy)


def test_what_is_shared_is_kept() -> None:
    """See `app/authz/state/redis.py`."""
    command = " ".join(compose()["services"]["valkey"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_a_stop_leaves_time_to_end() -> None:
    """Longer than gunicorn waits for its requests."""
    assert int(compose()["services"]["api-one"]["stop_grace_period"].rstrip("s")) > patience()
    assert int(unit()["Service"]["TimeoutStopSec"]) > patience()
    pod = manifest("Deployment")["spec"]["template"]["spec"]
    [container] = pod["containers"]
    delay = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > delay + patience()


def test_systemd_runs_the_server_that_the_project_has(environ: dict[str, str]) -> None:
    """Where the project lies it finds the program and may write the database, and nothing else."""
    service = unit()["Service"]
    folder = service["WorkingDirectory"]
    assert service["ExecStart"] == f"{folder}/.venv/bin/gunicorn wsgi:app"
    database = Path(create_app(environ).instance_path).relative_to(ROOT)
    assert service["ReadWritePaths"] == f"-{folder}/{database}"


def test_systemd_reloads_with_a_signal_that_keeps_the_main_process() -> None:
    """And one that gunicorn knows."""
    program, option, process = unit()["Service"]["ExecReload"].split()
    assert (program, process) == ("/bin/kill", "$MAINPID")
    assert signal.Signals[f"SIG{option.removeprefix('-')}"] is signal.SIGHUP


def test_systemd_tries_no_settings_again_that_do_not_allow_a_start() -> None:
    """The status is that of `wsgi.py`."""
    status = unit()["Service"]["RestartPreventExitStatus"]
    assert f"sys.exit({status})" in (ROOT / "wsgi.py").read_text()


def test_every_probe_asks_for_a_route_of_the_api(environ: dict[str, str]) -> None:
    files = [ROOT / "Dockerfile", *DEPLOY.rglob("*.yaml"), DEPLOY / "Caddyfile"]
    probed = {path for file in files for path in PROBED.findall(file.read_text())}
    assert probed == {"/health/live", "/health/ready"}
    assert probed <= {rule.rule for rule in create_app(environ).url_map.iter_rules()}
