"""The delivery file: who gets a report, by which way, and when. Its secrets stand in the environment, never in it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import parse_qsl, quote

from pydantic import Field, field_validator, model_validator

from cohortiv.config.yaml_file import LINK, Name, NotNegative, Positive, StrictSettings, read_fields, validated
from cohortiv.errors import UsageError
from cohortiv.report.secrets import SECRET_NAME, scrubbed

When = Literal["change", "always"]
Attachment = Literal["pdf", "static", "page"]

_VARIABLE: Final = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")
#: What a service hands out as a token: long, of letters and digits; names of hosts and people are not so.
_TOKEN: Final = re.compile(r"(?<![\w.@-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{16,}(?![\w.@-])")


class Target(StrictSettings):
    """One way to readers.

    Attributes
    ----------
    name : str
        As messages call it.
    kind : {"mail", "chat"}
        Mail gets a short page and the files; chat gets the badge and the sentence.
    url : str
        Apprise address, such as "mailtos://${SMTP_USER}:${SMTP_PASSWORD}@smtp.example.org?to=desk@example.org".
        ``${NAME}`` stands for an environment variable.
    attach : tuple of str
        Files of the report that go along: "pdf", "static", "page"; left out, a mail gets the PDF and the static edition
        and a chat gets none.
    when : {"change", "always"} or None
        Its own rule; None takes the file's.
    """

    name: Name
    kind: Literal["mail", "chat"]
    url: Name
    attach: Annotated[tuple[Attachment, ...], Field(strict=False)] | None = None
    when: When | None = None

    @field_validator("url")
    @classmethod
    def _without_secrets(cls, url: str) -> str:
        if _holds_secret(url):
            raise ValueError(
                "the address holds what looks like a secret; allowed is ${NAME} in its place, an environment variable"
            )
        return url

    @property
    def files(self) -> tuple[Attachment, ...]:
        """What goes along."""
        usual: tuple[Attachment, ...] = ("pdf", "static") if self.kind == "mail" else ()
        return usual if self.attach is None else self.attach


class DeliveryConfig(StrictSettings):
    """Who gets a report, and how hard it is tried.

    Attributes
    ----------
    when : {"change", "always"}
        "change": only an issue whose code differs from the one before, or that has none before it.
    retries : int
        Further attempts at each target.
    wait_seconds : float
        Time before the first of them; each further one waits twice as long [s].
    timeout_seconds : float
        Longest time that one attempt may take [s].
    link : str
        Address under which readers find the folder of reports; empty for none.
    targets : tuple of Target
        At least one, each with a name of its own.
    """

    when: When = "change"
    retries: Annotated[int, Field(ge=0, le=10)] = 3
    wait_seconds: NotNegative = 2.0
    timeout_seconds: Positive = 60.0
    link: Annotated[str, Field(pattern=LINK)] = ""
    targets: Annotated[tuple[Target, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _named_apart(self) -> Self:
        names = [target.name for target in self.targets]
        twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
        if twice is not None:
            raise ValueError(f"two targets are called {twice!r}; allowed are names of their own")
        return self


def load_delivery(path: Path) -> DeliveryConfig:
    """Read a delivery file.

    Parameters
    ----------
    path : Path
        YAML in UTF-8 with the fields of `DeliveryConfig`; only ``targets`` is required.

    Returns
    -------
    DeliveryConfig

    Raises
    ------
    UsageError
        If it cannot be read, a field is unknown or ill-typed, or an address holds a secret.
    """
    fields = read_fields(path, kind="delivery file", example="targets: [...]")
    return validated(DeliveryConfig, fields, where=f"delivery file {path}")


def filled(target: Target, environment: Mapping[str, str]) -> str:
    """Put the environment's values into the address of a target.

    Parameters
    ----------
    target : Target
    environment : mapping
        Such as `os.environ`.

    Returns
    -------
    str
        The address; a value is escaped as an address needs it, unless the whole address is one variable.

    Raises
    ------
    UsageError
        If a variable is not set or empty.
    """
    names = variables(target)
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise UsageError(
            f"Target {target.name!r} needs the environment variable {missing[0]}, and it is not set. Set it where the "
            "command runs, or correct the delivery file."
        )
    if _VARIABLE.fullmatch(target.url):
        return environment[names[0]]
    return _VARIABLE.sub(lambda found: quote(environment[found["name"]], safe=""), target.url)


def variables(target: Target) -> tuple[str, ...]:
    """Names of the environment variables in a target's address, in their order."""
    return tuple(dict.fromkeys(_VARIABLE.findall(target.url)))


def _holds_secret(url: str) -> bool:
    """Whether an address names a password, key or token itself."""
    bare = _VARIABLE.sub("", url)
    address, _, query = bare.partition("?")
    options = [(key, value) for key, value in parse_qsl(query) if value]
    if any(SECRET_NAME.search(key) for key, _ in options) or _TOKEN.search(bare):
        return True
    return any(scrubbed(text, environment={}) != text for text in (address, *(value for _, value in options)))
