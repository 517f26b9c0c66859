"""Settings: what an operator may write, and what is refused with the variable's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from node import bootstrap
from node.adapters.record_engine import FolderEngine
from node.adapters.spark_engine import SparkEngine
from node.errors import Invalid
from node.settings import PREFIX, Settings, read_settings

LEAST = {"IRAC_DATA_FOLDER": "/srv/irac", "IRAC_MEMBER": "KZ"}


def test_a_folder_and_a_member_are_enough() -> None:
    """Everything else has a value that is safe on one machine."""
    settings = read_settings(LEAST)

    assert settings.data_folder == Path("/srv/irac")
    assert settings.member == "KZ"
    assert settings.key_passphrase is None


def test_a_node_listens_to_this_machine_only_unless_told_otherwise() -> None:
    """Nothing is opened to a network by default."""
    settings = read_settings(LEAST)

    assert (settings.web_host, settings.exchange_host) == ("127.0.0.1", "127.0.0.1")


@pytest.mark.parametrize("missing", sorted(LEAST))
def test_a_missing_setting_is_named(missing: str) -> None:
    """The text says which variable to set."""
    given = {name: value for name, value in LEAST.items() if name != missing}

    with pytest.raises(Invalid) as refusal:
        read_settings(given)

    assert missing in refusal.value.detail


def test_only_the_environment_that_was_given_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process's own variables do not slip in beside it: what was given decides alone."""
    monkeypatch.setenv("IRAC_MEMBER", "RU")
    monkeypatch.setenv("IRAC_WEB_PORT", "9999")

    settings = read_settings(LEAST)
    with pytest.raises(Invalid):
        read_settings({"IRAC_DATA_FOLDER": "/srv/irac"})

    assert (settings.member, settings.web_port) == ("KZ", 8080)


def test_an_unknown_setting_is_refused_by_name() -> None:
    """A misspelt variable is noticed, and the known ones are listed."""
    with pytest.raises(Invalid) as refusal:
        read_settings(LEAST | {"IRAC_WEBPORT": "8080"})

    assert "IRAC_WEBPORT" in refusal.value.detail
    assert "IRAC_WEB_PORT" in refusal.value.hint


def test_variables_of_others_are_no_business_of_ours() -> None:
    """A variable without the prefix is neither read nor refused."""
    assert read_settings(LEAST | {"MEMBER": "RU", "PATH": "/bin"}).member == "KZ"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IRAC_MEMBER", "kz"),
        ("IRAC_MEMBER", "KAZ"),
        ("IRAC_MEMBER", "KZ\n"),
        ("IRAC_WEB_PORT", "65536"),
        ("IRAC_WEB_PORT", "http"),
        ("IRAC_EXCHANGE_PORT", "-1"),
        ("IRAC_SYNC_INTERVAL_S", "0"),
        ("IRAC_SYNC_INTERVAL_S", "86401"),
        ("IRAC_RERUN_RESULTS", "-1"),
        ("IRAC_RERUN_RESULTS", "101"),
        ("IRAC_RERUN_INTERVAL_S", "59"),
        ("IRAC_RERUN_INTERVAL_S", "31536001"),
        ("IRAC_LANGUAGE", "de"),
        ("IRAC_WEB_URL", "http://irac.example"),
        ("IRAC_WEB_URL", "http://localhost.irac.example"),
        ("IRAC_WEB_URL", "http://127.0.0.1.irac.example"),
        ("IRAC_WEB_URL", "http://localhost@irac.example"),
        ("IRAC_WEB_URL", "irac.example"),
    ],
)
def test_a_value_outside_its_domain_is_refused_by_name(name: str, value: str) -> None:
    """The text names the variable; an address of another machine must be https, however it is dressed."""
    with pytest.raises(Invalid) as refusal:
        read_settings(LEAST | {name: value})

    assert name.removeprefix(PREFIX).lower() in (refusal.value.detail + str(refusal.value)).lower()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "https://irac.example"]
)
def test_an_address_of_this_machine_or_https_is_accepted(url: str) -> None:
    """Plain http is for this machine alone."""
    assert read_settings(LEAST | {"IRAC_WEB_URL": url}).web_url == url


def test_a_secret_is_in_no_text() -> None:
    """Neither a printed settings object nor a refusal shows the passphrase."""
    secret = "correct horse battery staple"
    settings = read_settings(LEAST | {"IRAC_KEY_PASSPHRASE": secret})

    with pytest.raises(Invalid) as refusal:
        read_settings(LEAST | {"IRAC_KEY_PASSPHRASE": secret, "IRAC_WEB_PORT": "x"})

    assert secret not in f"{settings} {settings!r} {settings.model_dump_json()}"
    assert secret not in f"{refusal.value} {refusal.value.detail} {refusal.value.hint}"


def test_settings_are_frozen() -> None:
    """What was read at the start stays."""
    settings = read_settings(LEAST)

    with pytest.raises(ValueError, match="frozen"):
        settings.member = "RU"  # type: ignore[misc]


def test_every_setting_without_a_default_is_named_in_this_module() -> None:
    """A new required setting is a change for every operator; it must be noticed here."""
    required = {
        f"{PREFIX}{name.upper()}" for name, field in Settings.model_fields.items() if field.is_required()
    }

    assert required == set(LEAST)


def test_records_are_compiled_on_the_cluster_that_an_operator_names(tmp_path: Path) -> None:
    """Without one they are compiled in this process; the address, which may hold a token, is in no text."""
    here = read_settings(LEAST | {"IRAC_DATA_FOLDER": str(tmp_path)})
    there = read_settings(
        LEAST | {"IRAC_DATA_FOLDER": str(tmp_path), "IRAC_SPARK_REMOTE": "sc://cluster/;token=s3"}
    )

    assert isinstance(bootstrap.record_engine(here, bootstrap.Places(tmp_path)), FolderEngine)
    assert isinstance(bootstrap.record_engine(there, bootstrap.Places(tmp_path)), SparkEngine)
    assert "s3" not in f"{there!r} {bootstrap.record_engine(there, bootstrap.Places(tmp_path))!r}"
