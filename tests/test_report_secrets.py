"""Secrets: refused as parameters, taken out of texts that people read, and never published."""

import json
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from report_support import publish_small

from cohortiv.errors import RunError, UsageError
from cohortiv.report import publish
from cohortiv.report.secrets import SCRUBBED, refuse_leak, refuse_secrets, scrubbed, secret_values

#: Of the documentation of each maker, or made up in its form; put together so that no scanner takes them for real.
FORMS = (
    "-----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----",
    "https://user:" + "hunter2@example.org",
    "Bearer " + "abcdefghijklmnop.QRSTUV",
    "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTYifQ.dozjgNryP4J3jVmNHl0w5N",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a" * 36,
    "glpat-" + "a" * 20,
    "xoxb-" + "1" * 12,
    "sk_live_" + "a" * 24,
    "AIza" + "b" * 35,
)
ENVIRONMENT = {"DB_PASSWORD": "s3cr3t-of-the-desk", "PATH": "/usr/bin", "API_TOKEN": "short", "PWD": "/srv/reports"}


def test_secrets_of_the_environment_are_known_by_name() -> None:
    """Only variables that are called like secrets count, and no value that ordinary text might hold."""
    assert secret_values(ENVIRONMENT) == ("s3cr3t-of-the-desk",)
    assert secret_values({"A_SECRET": "12345678", "B_SECRET": "123456789"}) == ("123456789", "12345678")


@pytest.mark.parametrize(
    "name",
    [
        "PGPASSWORD",
        "MYSQL_PWD",
        "SMTP_PASS",
        "GITHUB_PAT",
        "DBPASSWORD",
        "SIGNING_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "NPM_TOKEN",
    ],
)
def test_usual_names_of_secrets_are_known(name: str) -> None:
    """As databases, mail servers and forges call them."""
    assert secret_values({name: "hunter2hunter2"}) == ("hunter2hunter2",)


@pytest.mark.parametrize("name", ["PWD", "OLDPWD", "PATH", "COMPASS", "KEYBOARD", "MONKEY", "PATTERN", "BYPASS_CACHE"])
def test_ordinary_variables_are_no_secrets(name: str) -> None:
    """Folders and settings whose names hold such letters."""
    assert secret_values({name: "/srv/reports/daily"}) == ()


def test_keys_of_venues_are_secrets() -> None:
    """What signs and what names the key are taken out alike; addresses are not."""
    there = {
        "COHORTIV_OKX_KEY": "key-of-okx",
        "COHORTIV_OKX_SECRET": "secret-of-okx",
        "COHORTIV_OKX_URL": "http://here",
    }
    assert set(secret_values(there)) == {"key-of-okx", "secret-of-okx"}


@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
def test_form_of_a_secret_is_scrubbed(form: str) -> None:
    """What has the form of a key or token goes, and the words around it stay."""
    clean = scrubbed(f"Got {form} here.", environment={})
    assert SCRUBBED in clean
    assert clean.startswith("Got ")
    assert clean.endswith(" here.") or "@example.org here." in clean
    assert not any(part in clean for part in form.replace("https://", "").split("@")[:1] if len(part) > 8)


AWKWARD = 'pa/ss "wörd"\n1'


@pytest.mark.parametrize(
    "written",
    [AWKWARD, repr(AWKWARD)[1:-1], json.dumps(AWKWARD)[1:-1], quote(AWKWARD), quote(AWKWARD, safe=""), escape(AWKWARD)],
)
def test_value_of_the_environment_is_scrubbed(written: str) -> None:
    """However a text writes it, the value of a secret variable is gone."""
    assert scrubbed(f"a {written} b", environment={"MAIL_PASSWORD": AWKWARD}) == f"a {SCRUBBED} b"


def test_ordinary_text_stays() -> None:
    """Words, numbers, paths, digests and addresses without a password are no secrets."""
    text = "Reading https://example.org/a of 7 Oct at C:/data, sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9c"
    assert scrubbed(text, environment=ENVIRONMENT) == text


@pytest.mark.parametrize("name", ["api_key", "PASSWORD", "desk_secret", "x_access_key_y", "credentials"])
def test_parameter_named_like_a_secret_is_refused(name: str) -> None:
    """The message says what to do instead, and does not show the value."""
    with pytest.raises(UsageError, match="an environment variable and read it there") as refused:
        refuse_secrets({name: "hunter2"}, environment={})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("value", [*FORMS, "s3cr3t-of-the-desk", ["BTC", "x s3cr3t-of-the-desk"]], ids=range(12))
def test_parameter_that_holds_a_secret_is_refused(value: object) -> None:
    """What has the form of a secret, or holds one of the environment, is refused under any name."""
    with pytest.raises(UsageError, match="'label' got what looks like") as refused:
        refuse_secrets({"horizon_days": 7, "label": value}, environment=ENVIRONMENT)
    assert str(value) not in str(refused.value)


def test_ordinary_parameters_pass() -> None:
    """Numbers, names, files and symbols are what parameters are for."""
    refuse_secrets(
        {"tokens": ["BTC"], "positions": "/srv/a.parquet", "share": 0.15, "x": None}, environment=ENVIRONMENT
    )


def test_secret_parameter_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret on the command line is refused before a kernel starts."""
    monkeypatch.setattr(publish, "run_notebook", lambda *_, **__: pytest.fail("it ran"))
    with pytest.raises(UsageError, match="a token of GitHub"):
        publish_small(tmp_path, parameters={"label": FORMS[5]})


def test_leak_names_the_file() -> None:
    """A file that holds a secret of the environment is named, and the secret is not."""
    texts = {"report.html": "fine", "notebook.ipynb": "a s3cr3t-of-the-desk"}
    with pytest.raises(RunError, match=r"^notebook\.ipynb would hold") as refused:
        refuse_leak(texts, environment=ENVIRONMENT)
    assert "s3cr3t" not in str(refused.value)
    refuse_leak({"report.html": "fine"}, environment=ENVIRONMENT)


@pytest.mark.parametrize("secret", FORMS)
def test_leak_of_what_looks_like_a_secret_is_told(secret: str) -> None:
    """Wherever it came from: a title, a reason, a note; what is packed is not looked into."""
    with pytest.raises(RunError, match=r"^report\.html would hold what looks like a") as refused:
        refuse_leak({"report.html": f"<p>Desk {secret} of May</p>"}, environment={})
    assert secret not in str(refused.value)
    refuse_leak({"report.html": f"<a href='data:text/csv;base64,{'AIza' + 'b' * 200}'>"}, environment={})


def test_report_that_shows_a_secret_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook that shows a secret of the environment publishes nothing, in no folder."""
    monkeypatch.setenv("DESK_SECRET", "twice as high as a week before")
    with pytest.raises(RunError, match="Nothing is published"):
        publish_small(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".work"]
    assert list((tmp_path / ".work").iterdir()) == []
