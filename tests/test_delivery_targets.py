"""The delivery file: what it may hold, and that no secret stands in it."""

from pathlib import Path

import pytest

from cohortiv.assets import asset
from cohortiv.delivery.targets import DeliveryConfig, Target, filled, load_delivery
from cohortiv.errors import UsageError

ONE = "targets: [{{name: desk, kind: mail, url: '{0}'}}]\n"
MAIL = "mailtos://${SMTP_USER}:${SMTP_PASSWORD}@smtp.example.org:587?from=a@example.org&to=desk@example.org"


def written(folder: Path, text: str) -> Path:
    """A delivery file."""
    file = folder / "delivery.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_file_that_ships_is_valid() -> None:
    """The file to begin with can be read, and its targets are of both kinds."""
    config = load_delivery(asset("templates") / "delivery.yaml")
    assert [(target.kind, target.files) for target in config.targets] == [("mail", ("pdf", "static")), ("chat", ())]


def test_defaults_are_those_of_the_file_that_ships(tmp_path: Path) -> None:
    """What it writes down is what counts without it."""
    shipped = load_delivery(asset("templates") / "delivery.yaml")
    bare = load_delivery(written(tmp_path, ONE.format(MAIL)))
    fields = DeliveryConfig.model_fields.keys() - {"targets"}
    assert {name: getattr(bare, name) for name in fields} == {name: getattr(shipped, name) for name in fields}


@pytest.mark.parametrize(
    "url",
    [
        "mailtos://me:hunter2@smtp.example.org",
        "json://example.org/hook?token=abc",
        "json://example.org/hook?api_key=abc",
        "slack://xoxb-123456789012-abcdefghij/#alerts",
        "slack://T1JJ3T3L2A/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#alerts",
        "tgram://123456789:AAE9tXyzabcdefghijklmnopqrstuvwx12/987",
    ],
)
def test_secret_in_an_address_is_refused(tmp_path: Path, url: str) -> None:
    """A password, key or token belongs into the environment, and the message doesn't repeat more than the file."""
    with pytest.raises(UsageError, match=r"looks like a secret; allowed is \$\{NAME\}"):
        load_delivery(written(tmp_path, ONE.format(url)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("targets: []\n", "targets"),
        (ONE.format(MAIL) + "whenn: always\n", "did you mean when"),
        (ONE.format(MAIL) + "when: sometimes\n", "'change' or 'always'"),
        (ONE.format(MAIL) + "link: javascript:alert(1)\n", "link"),
        ("targets: [{name: a, kind: fax, url: x}]\n", "'mail' or 'chat'"),
        ("targets: [{name: a, kind: chat, url: x}, {name: a, kind: chat, url: y}]\n", "two targets are called 'a'"),
        (ONE.format(MAIL) + "retries: -1\n", "retries"),
    ],
)
def test_wrong_field_is_named(tmp_path: Path, text: str, said: str) -> None:
    """Unknown fields, values and names that come twice are refused with what is allowed."""
    with pytest.raises(UsageError, match=said):
        load_delivery(written(tmp_path, text))


def test_values_are_escaped_in_an_address() -> None:
    """A password may hold any character and stays one part of the address."""
    target = Target(name="desk", kind="mail", url=MAIL)
    assert filled(target, {"SMTP_USER": "me", "SMTP_PASSWORD": "p@ss/w:rd"}).startswith(
        "mailtos://me:p%40ss%2Fw%3Ard@smtp.example.org:587?"
    )


def test_whole_address_may_be_a_variable() -> None:
    """Where the address as a whole is secret, it is taken as it stands."""
    target = Target(name="desk", kind="chat", url="${DESK}")
    assert filled(target, {"DESK": "json://example.org/a/b?x=1"}) == "json://example.org/a/b?x=1"


@pytest.mark.parametrize("environment", [{"SMTP_USER": "me"}, {"SMTP_USER": "me", "SMTP_PASSWORD": ""}])
def test_missing_variable_is_named(environment: dict[str, str]) -> None:
    """One that is not set, or empty, is an error that names it and its target."""
    with pytest.raises(UsageError, match=r"'desk' needs the environment variable SMTP_PASSWORD"):
        filled(Target(name="desk", kind="mail", url=MAIL), environment)
