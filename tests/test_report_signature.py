"""The signature of a report: made and checked by ssh-keygen, and plain to read where it cannot be."""

import shutil
import subprocess
from pathlib import Path

import pytest
from command_support import Shell

from cohortiv.errors import RunError, UsageError
from cohortiv.report.manifest import manifest_text, sha256_of
from cohortiv.report.signature import SIGNATURE, check_signature, refuse_no_key, sign_manifest
from cohortiv.report.verification import verify_report

FILES = ("notebook.ipynb", "report.html", "summary.json")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the keys "ours", "theirs" and "locked", which has a passphrase, and with those who may sign."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed: this test signs with it")
    folder = tmp_path_factory.mktemp("keys")
    for name, phrase in (("ours", ""), ("theirs", ""), ("locked", "a passphrase")):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-C", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    public = (folder / "ours.pub").read_text(encoding="utf-8")
    (folder / "allowed").write_text(f"risk@example.org {public}", encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of a report that verifies and is not signed."""
    for name in FILES:
        (tmp_path / name).write_text(name, encoding="utf-8")
    outputs = {name: sha256_of(tmp_path / name) for name in FILES}
    (tmp_path / "manifest.json").write_text(manifest_text({"outputs": outputs}), encoding="utf-8")
    return tmp_path


@pytest.fixture
def signed(folder: Path, keys: Path) -> Path:
    """The same, signed by our key."""
    sign_manifest(folder / "manifest.json", key=keys / "ours")
    return folder


def test_signer_is_named(signed: Path, keys: Path) -> None:
    """A signature by a key that is allowed says whose it is."""
    found = verify_report(signed, allowed_signers=keys / "allowed")
    assert (found.problems, found.notes) == ((), ("Signed by risk@example.org.",))


def test_same_manifest_has_the_same_signature(signed: Path, keys: Path) -> None:
    """Ed25519 knows no chance, so that a signed report has the same bytes too."""
    first = (signed / SIGNATURE).read_bytes()
    (signed / SIGNATURE).unlink()
    assert sign_manifest(signed / "manifest.json", key=keys / "ours").read_bytes() == first


def test_signature_of_nobody_in_particular_is_told(signed: Path) -> None:
    """Without a list of signers it is said that nobody knows whose key it is."""
    found = verify_report(signed)
    assert found.passed
    assert "not compared with any" in found.notes[0]


def test_other_key_is_refused(folder: Path, keys: Path) -> None:
    """A signature that fits, by a key that is not allowed, is a problem."""
    sign_manifest(folder / "manifest.json", key=keys / "theirs")
    assert "is by a key that" in verify_report(folder, allowed_signers=keys / "allowed").problems[0]


def test_missing_signature_is_a_problem_where_one_is_wanted(folder: Path, keys: Path) -> None:
    """Whoever names signers wants a signature."""
    assert verify_report(folder).passed
    told = verify_report(folder, allowed_signers=keys / "allowed").problems
    assert told == ("manifest.json.sig is missing: the report is not signed.",)


def test_one_byte_of_a_signature_is_found(signed: Path) -> None:
    """A bit flipped anywhere in the signature, line ends and padding included, is found and the file named."""
    content = (signed / SIGNATURE).read_bytes()
    for place in range(0, len(content), 23):
        changed = bytearray(content)
        changed[place] ^= 1
        (signed / SIGNATURE).write_bytes(changed)
        assert verify_report(signed).problems == ("manifest.json.sig is not a signature of this manifest.json.",)


def test_manifest_made_to_fit_is_found(signed: Path) -> None:
    """A manifest forged with a digest that fits has a signature that does not."""
    (signed / "report.html").write_text("forged", encoding="utf-8")
    outputs = {name: sha256_of(signed / name) for name in FILES}
    (signed / "manifest.json").write_text(manifest_text({"outputs": outputs}), encoding="utf-8")
    assert verify_report(signed).problems == ("manifest.json.sig is not a signature of this manifest.json.",)


@pytest.mark.parametrize("name", ["locked", "allowed"])
def test_key_that_cannot_sign_is_told(folder: Path, keys: Path, name: str) -> None:
    """A key with a passphrase, which nobody is there to type, or a file that is no key."""
    with pytest.raises(RunError, match="with which ssh-keygen does not sign"):
        sign_manifest(folder / "manifest.json", key=keys / name)


def test_missing_key_is_bad_usage(keys: Path) -> None:
    """A key that is not there is refused before anything runs."""
    with pytest.raises(UsageError, match=r"--sign got .* which is no file"):
        refuse_no_key(keys / "none")


def test_missing_list_of_signers_is_bad_usage(signed: Path, keys: Path) -> None:
    """A list that is not there is no list that allows everybody."""
    with pytest.raises(UsageError, match="--allowed-signers got"):
        verify_report(signed, allowed_signers=keys / "none")


def test_without_the_program_nothing_is_pretended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no ssh-keygen, signing and comparing are refused, and a signature is said to be unchecked."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(UsageError, match="--sign needs ssh-keygen"):
        refuse_no_key(folder / "manifest.json")
    with pytest.raises(UsageError, match="--allowed-signers needs ssh-keygen"):
        check_signature(folder, allowed_signers=folder / "manifest.json")
    armour = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"
    (folder / SIGNATURE).write_text(armour, encoding="utf-8")
    assert check_signature(folder).notes[0].startswith("The signature was not checked: there is no ssh-keygen")


def test_command_says_who_signed(
    signed: Path, keys: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command takes the list of signers and tells the name on standard error."""
    done = Shell(capsys, monkeypatch, signed).run("verify", ".", "--allowed-signers", keys / "allowed")
    assert (done.code, done.err) == (0, "Signed by risk@example.org.\n")
