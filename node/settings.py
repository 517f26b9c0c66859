"""Settings: one frozen object, read once by bootstrap, from the environment (prefix IRAC_) or a file.

Invariants: an unknown IRAC_ variable is refused, so a misspelt one is noticed; secrets are never printed; every
setting has a safe value or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from node.errors import Invalid

PREFIX = "IRAC_"
Port = Annotated[int, Field(ge=0, le=65535)]
KeyAddress = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9+]*:[^\x00]+$", max_length=4096)]
"""A kind of place and a name in it (`node.adapters.signers`); never the key itself."""


class Settings(BaseModel):
    """What an operator decides. Times are in seconds, sizes in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_folder: Path
    """Everything this node keeps: one folder to back up."""
    member: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
    """This member's code in CL_AREA, for example KZ."""
    web_host: str = "127.0.0.1"
    web_port: Port = 8080
    web_url: str = "http://127.0.0.1:8080"
    """The address people type; https unless it is this machine."""
    exchange_host: str = "127.0.0.1"
    exchange_port: Port = 8443
    exchange_address: str = "https://127.0.0.1:8443"
    """Where peers reach this node; it stands in the registry and in the node's certificate."""
    sync_interval_s: Annotated[int, Field(ge=1, le=86_400)] = 900
    rerun_results: Annotated[int, Field(ge=0, le=100)] = 1
    """How many past results, drawn by lot, are computed again in a round; 0 for none."""
    rerun_interval_s: Annotated[int, Field(ge=60, le=31_536_000)] = 86_400
    """The time between two rounds."""
    key_passphrase: SecretStr | None = None
    """Encrypts the node's own keys at rest; officers' keys have their own passwords."""
    log_signer: KeyAddress = "file:log.pem"
    """Where the key is that signs this node's checkpoints and attestations."""
    witness_signer: KeyAddress = "file:witness.pem"
    """Where the key is that cosigns the checkpoints of others."""
    governance_signer: KeyAddress = "file:governance.pem"
    """Where this member's governance key is."""
    keeper_signer: KeyAddress = "file:keeper.pem"
    """Where the registry keeper's key is."""
    spark_remote: SecretStr | None = None
    """Spark Connect address of a cluster that compiles records instead of this process; it may hold a token. The
    cluster must see this node's data folder under the same path."""
    language: Annotated[str, StringConstraints(pattern="^(ru|kk|en)$")] = "ru"

    @model_validator(mode="after")
    def _https_beyond_this_machine(self) -> Settings:
        address = urlsplit(self.web_url)
        is_here = address.hostname in {"127.0.0.1", "localhost", "::1"} and address.username is None
        if address.scheme != "https" and not (address.scheme == "http" and is_here):
            raise ValueError("web_url must be https, unless it is an address of this machine")
        return self


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables.

    Raises:
        Invalid: a variable is unknown, missing or has no usable value; the text names it.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    unknown = sorted(set(given) - set(Settings.model_fields))
    if unknown:
        raise Invalid(
            "Unknown setting",
            detail=", ".join(PREFIX + name.upper() for name in unknown),
            hint="Known are: " + ", ".join(PREFIX + name.upper() for name in Settings.model_fields),
        )
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        problems = "; ".join(
            f"{PREFIX}{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors(include_input=False)
        )
        raise Invalid(
            "A setting cannot be used", detail=problems, hint="Correct it and start again."
        ) from None
