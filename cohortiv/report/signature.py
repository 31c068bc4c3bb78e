"""An optional signature of the manifest, made and checked with OpenSSH's own ssh-keygen."""

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cohortiv.errors import RunError, UsageError
from cohortiv.report.manifest import MANIFEST

SIGNATURE = f"{MANIFEST}.sig"
NAMESPACE = "cohortiv"
_PROGRAM = "ssh-keygen"
_PATIENCE_SECONDS = 60
_ARMOUR = re.compile(r"-----BEGIN SSH SIGNATURE-----\n(?P<body>[A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----\n")
_LINE_CHARACTERS = 70
_FORGED = f"{SIGNATURE} is not a signature of this {MANIFEST}."


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What is found of a signature.

    Attributes
    ----------
    problems : tuple of str
        Empty when there is nothing wrong.
    notes : tuple of str
        Who signed, or what could not be told.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def sign_manifest(manifest: Path, *, key: Path) -> Path:
    """Sign a manifest.

    Parameters
    ----------
    manifest : Path
        The file; the signature goes beside it.
    key : Path
        Private SSH key without a passphrase, or a public one whose private half an agent holds.

    Returns
    -------
    Path
        The signature.

    Raises
    ------
    UsageError
        If there is no ssh-keygen, or no such key.
    RunError
        If it does not sign.
    """
    refuse_no_key(key)
    done = _run(["-Y", "sign", "-q", "-f", str(key.resolve()), "-n", NAMESPACE, str(manifest)], b"")
    signature = manifest.with_name(SIGNATURE)
    if done.returncode or not signature.is_file():
        raise RunError(
            f"--sign got the key {key}, with which ssh-keygen does not sign: {_said(done)}. Allowed are a private key "
            "without a passphrase and the public half of one that an agent holds. Nothing is published."
        )
    return signature


def refuse_no_key(key: Path) -> None:
    """Refuse a key that is not there, or signing where there is no ssh-keygen, before anything runs.

    Parameters
    ----------
    key : Path

    Raises
    ------
    UsageError
        If one of them is missing.
    """
    _refuse_no_program("--sign")
    if not key.is_file():
        raise UsageError(f"--sign got {str(key)!r}, which is no file. Allowed is an SSH key; ssh-keygen makes one.")


def check_signature(folder: Path, *, allowed_signers: Path | None = None) -> SignatureCheck:
    """Check the signature of a report.

    Parameters
    ----------
    folder : Path
        The report's folder.
    allowed_signers : Path, optional
        Who may sign, in the form that ssh-keygen describes under ALLOWED SIGNERS. Without it a signature only has to
        be one of this manifest, by whatever key.

    Returns
    -------
    SignatureCheck
        A report without a signature has a problem only where somebody has to have signed it.

    Raises
    ------
    UsageError
        If signers are given, and they or ssh-keygen are not there.
    """
    if allowed_signers is not None:
        _refuse_no_program("--allowed-signers")
        if not allowed_signers.is_file():
            raise UsageError(
                f"--allowed-signers got {str(allowed_signers)!r}, which is no file. Allowed is one with a line for "
                "each signer: NAME ssh-ed25519 KEY."
            )
    signature = folder / SIGNATURE
    if not signature.is_file():
        missing = f"{SIGNATURE} is missing: the report is not signed."
        return SignatureCheck(() if allowed_signers is None else (missing,))
    if not _is_whole(signature):
        return SignatureCheck((_FORGED,))
    if shutil.which(_PROGRAM) is None:
        return SignatureCheck(
            notes=("The signature was not checked: there is no ssh-keygen (package openssh-client).",)
        )
    return _checked(folder / MANIFEST, signature, allowed_signers)


def _checked(manifest: Path, signature: Path, allowed_signers: Path | None) -> SignatureCheck:
    content, common = manifest.read_bytes(), ["-n", NAMESPACE, "-s", str(signature)]
    if _run(["-Y", "check-novalidate", *common], content).returncode:
        return SignatureCheck((_FORGED,))
    if allowed_signers is None:
        note = "Signed by a key that was not compared with any: give --allowed-signers FILE to know whose it is."
        return SignatureCheck(notes=(note,))
    signers = ["-f", str(allowed_signers)]
    names = (
        _run(["-Y", "find-principals", "-s", str(signature), *signers], b"").stdout.decode(errors="replace").split("\n")
    )
    for name in filter(None, names):
        if _run(["-Y", "verify", "-I", name, *common, *signers], content).returncode == 0:
            return SignatureCheck(notes=(f"Signed by {name}.",))
    return SignatureCheck((f"{SIGNATURE} is by a key that {allowed_signers} does not allow.",))


def _is_whole(signature: Path) -> bool:
    """Whether a signature is written as ssh-keygen writes it, so that not even a line end of it has changed."""
    found = _ARMOUR.fullmatch(signature.read_bytes().decode("ascii", errors="replace"))
    if found is None:
        return False
    try:
        packed = base64.b64encode(base64.b64decode(found["body"], validate=False)).decode()
    except ValueError:
        return False
    lines = [packed[start : start + _LINE_CHARACTERS] for start in range(0, len(packed), _LINE_CHARACTERS)]
    return found["body"] == "".join(f"{line}\n" for line in lines)


def _refuse_no_program(flag: str) -> None:
    if shutil.which(_PROGRAM) is None:
        raise UsageError(
            f"{flag} needs ssh-keygen, which is not on the PATH. It comes with OpenSSH (package openssh-client): "
            "install it, or leave the option out."
        )


def _run(arguments: Sequence[str], content: bytes) -> "subprocess.CompletedProcess[bytes]":
    """Run ssh-keygen where it can ask nobody anything."""
    try:
        return subprocess.run(  # noqa: S603 - a list of arguments, and no shell
            [shutil.which(_PROGRAM) or _PROGRAM, *arguments],
            input=content,
            capture_output=True,
            check=False,
            timeout=_PATIENCE_SECONDS,
            start_new_session=True,
            env={**os.environ, "SSH_ASKPASS_REQUIRE": "never", "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired as error:
        raise RunError(
            f"ssh-keygen did not answer in {_PATIENCE_SECONDS} s. Check the agent, and run again."
        ) from error


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return " ".join(done.stderr.decode(errors="replace").split()).rstrip(".") or f"exit code {done.returncode}"
