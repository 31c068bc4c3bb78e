"""Secrets: they come from the environment alone, are refused as parameters, and leave no text that anyone reads."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import quote

from cohortiv.errors import RunError, UsageError

#: Stands where a secret was.
SCRUBBED = "[secret]"
#: A name of these is that of a secret, whether of a parameter or of an environment variable.
SECRET_NAME = re.compile(
    r"(^|_)(password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)(_|$)"
    r"|^cohortiv_\w+_key$",
    re.IGNORECASE,
)
#: An environment variable of these holds a secret; there, words need no underscore between them.
_SECRET_VARIABLE = re.compile(
    r"passw(or)?d|passphrase|secret|token|credential|api_?key|_key$|_pass$|_pwd$|_pat$",
    re.IGNORECASE,
)
_SHORTEST = 8  # characters; a shorter value, such as "true", would be found in ordinary text
#: Forms by which a secret shows itself, whatever it is called: the names are for the message.
_FORMS: Mapping[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.*?-----END [A-Z ]*KEY-----)?", re.DOTALL),
    "a password in an address": re.compile(r"(?<=://)[^\s/:@]*:[^\s/@]+(?=@)"),
    "a bearer token": re.compile(r"(?<=\bBearer )[\w.~+/-]{16,}=*"),
    "a signed web token": re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"),
    "an access key of AWS": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a token of GitHub": re.compile(r"\b(?:gh[pousr]_\w{30,}|github_pat_\w{30,})"),
    "a token of GitLab": re.compile(r"\bglpat-[\w-]{20,}"),
    "a token of Slack": re.compile(r"\bxox[abeoprs]-[\w-]{10,}"),
    "an API key": re.compile(r"\b[sr]k[-_](?:live|test|proj|ant)[-_][\w-]{16,}|\bAIza[\w-]{35}\b"),
}  # fmt: skip
#: Data links and packed scripts: long Base64, in which any short form may stand by chance.
_PACKED = re.compile(r"[A-Za-z0-9+/]{80,}={0,2}")


def secret_values(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Values of the environment variables that are called like secrets.

    Parameters
    ----------
    environment : mapping
        Such as `os.environ`.

    Returns
    -------
    tuple of str
        Longest first, so that of two the one that holds the other is found whole; short ones are left out.
    """
    values = {value for name, value in environment.items() if _SECRET_VARIABLE.search(name) and len(value) >= _SHORTEST}
    return tuple(sorted(values, key=lambda value: (-len(value), value)))


def scrubbed(text: str, *, environment: Mapping[str, str] = os.environ) -> str:
    """Take the secrets out of a text that people read, such as a traceback.

    Parameters
    ----------
    text : str
        Any text.
    environment : mapping
        Whose secrets are known by their value.

    Returns
    -------
    str
        The text with each of them, and whatever has the form of one, replaced by `SCRUBBED`.
    """
    for value in secret_values(environment):
        for form in _written(value):
            text = text.replace(form, SCRUBBED)
    for pattern in _FORMS.values():
        text = pattern.sub(SCRUBBED, text)
    return text


def refuse_secrets(values: Mapping[str, object], *, environment: Mapping[str, str] = os.environ) -> None:
    """Refuse parameters that are secrets by their name or their value: parameters are published.

    Parameters
    ----------
    values : mapping
        Value by name of the parameter.
    environment : mapping
        Whose secrets are known by their value.

    Raises
    ------
    UsageError
        If there is one; the message names the parameter and never shows the value.
    """
    for name, value in values.items():
        texts = [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
        found = "a secret by its name" if SECRET_NAME.search(name) else _found(texts, environment)
        if found:
            raise UsageError(
                f"The parameter {name!r} got what looks like {found}, and parameters are published. Allowed is what "
                "anyone may read. Put a secret into an environment variable and read it there."
            )


def refuse_leak(texts: Mapping[str, str], *, environment: Mapping[str, str] = os.environ) -> None:
    """Stop before a report is published that holds a secret of the environment, or what has the form of one.

    Parameters
    ----------
    texts : mapping
        Content of each file by its name.
    environment : mapping
        Whose secrets are looked for.

    Raises
    ------
    RunError
        If one is found; the message names the file and never shows the value.
    """
    forms = [form for value in secret_values(environment) for form in _written(value)]
    for name, text in texts.items():
        if any(form in text for form in forms):
            raise RunError(
                f"{name} would hold the value of an environment variable that is called like a secret. Allowed is "
                "what anyone may read. Nothing is published; take it out of the notebook and run again."
            )
        shown = _PACKED.sub("", text)
        kind = next((kind for kind, pattern in _FORMS.items() if pattern.search(shown)), None)
        if kind:
            raise RunError(
                f"{name} would hold what looks like {kind}. Allowed is what anyone may read. Nothing is published; "
                "take it out of the notebook, the parameters, or the cohort, brand and study files, and run again."
            )


def _found(texts: Iterable[str], environment: Mapping[str, str]) -> str | None:
    known = secret_values(environment)
    for text in texts:
        if any(value in text for value in known):
            return "the value of a secret environment variable"
        form = next((form for form, pattern in _FORMS.items() if pattern.search(text)), None)
        if form:
            return form
    return None


def _written(value: str) -> tuple[str, ...]:
    """A secret as texts write it: as it is, in an address, in HTML, and with the escapes of Python and JSON."""
    in_json = (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
    return tuple(
        dict.fromkeys((value, quote(value), quote(value, safe=""), escape(value), repr(value)[1:-1], *in_json))
    )
