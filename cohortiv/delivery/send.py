"""Sends an announcement to its targets through Apprise: each for itself, tried again after a while, never in secret."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt, wait_exponential

from cohortiv.delivery.bulletin import FILES, Bulletin
from cohortiv.delivery.message import Message
from cohortiv.delivery.targets import Attachment, DeliveryConfig, Target, When, filled, variables
from cohortiv.errors import CohortivError, RunError, UsageError
from cohortiv.report.secrets import scrubbed

if TYPE_CHECKING:
    import apprise

State = Literal["sent", "skipped", "failed", "planned"]
_ENDINGS: Mapping[Attachment, str] = {"pdf": ".pdf", "static": ".html", "page": "-live.html"}
_NOT_LOADED = "is no address that can be used; allowed is what Apprise knows, such as mailtos://... or slack://..."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one target.

    Attributes
    ----------
    target : str
        Its name.
    state : {"sent", "skipped", "failed", "planned"}
        "planned" in a dry run.
    told : str
        What went where, or why it did not; without any secret.
    """

    target: str
    state: State
    told: str


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What is to be sent, and how.

    Attributes
    ----------
    bulletin : Bulletin
    message : Message
    config : DeliveryConfig
    environment : mapping
        Where the secrets stand, such as `os.environ`.
    when : {"change", "always"} or None
        Wins over the delivery file; None leaves it to that.
    dry_run : bool
        Whether everything but the sending is done.
    got : mapping
        When a target got this edition, by its name; it doesn't get it once more.
    codes : mapping
        The code that a target was last told of this report, by its name.
    """

    bulletin: Bulletin
    message: Message
    config: DeliveryConfig
    environment: Mapping[str, str]
    when: When | None = None
    dry_run: bool = False
    got: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


def dispatched(job: Dispatch, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[Outcome]:
    """Send to one target after the other.

    Parameters
    ----------
    job : Dispatch
    sleep : callable
        Waits for a number of seconds.

    Yields
    ------
    Outcome
        One for each target, in the file's order; one that fails doesn't stop the next.
    """
    for target in job.config.targets:
        if (job.when or target.when or job.config.when) == "change" and not _has_changed(job, target.name):
            yield Outcome(target.name, "skipped", f"the code is {job.bulletin.style.word} as before")
            continue
        if target.name in job.got:
            yield Outcome(target.name, "skipped", f"it got this edition on {job.got[target.name]}; --again sends it")
            continue
        try:
            yield _delivered(target, job, sleep)
        except CohortivError as error:
            yield Outcome(target.name, "failed", str(error))


def _has_changed(job: Dispatch, target: str) -> bool:
    """Whether the code is another than the target was last told; the issue before counts where that is not known."""
    last = job.codes.get(target)
    return job.bulletin.changed if last is None else last != job.bulletin.code


def attachments(bulletin: Bulletin, kinds: tuple[Attachment, ...], *, wanted_by: str) -> tuple[tuple[str, Path], ...]:
    """Find the files that go along.

    Parameters
    ----------
    bulletin : Bulletin
    kinds : tuple of str
        As `targets.Target` has them.
    wanted_by : str
        Who wants them, for the message.

    Returns
    -------
    tuple of tuple
        Name for the reader, and path.

    Raises
    ------
    UsageError
        If the report was published without one of them.
    """
    missing = [kind for kind in kinds if kind not in bulletin.files]
    if missing:
        raise UsageError(
            f"{wanted_by} attaches {missing[0]}, and the report has no {FILES[missing[0]]}. Publish it with "
            f"--{missing[0]}, or leave it out of attach."
        )
    return tuple((f"{bulletin.name}-{bulletin.as_of}{_ENDINGS[kind]}", bulletin.files[kind]) for kind in kinds)


def _delivered(target: Target, job: Dispatch, sleep: Callable[[float], None]) -> Outcome:
    """Send to one target, or say what would be sent."""
    wanted = target.files if job.bulletin.is_published else ()
    files = attachments(job.bulletin, wanted, wanted_by=f"Target {target.name!r}")
    service = _service(target, job)
    told = f"{target.kind} to {target.url}, {_listed(files)}"
    if job.dry_run:
        return Outcome(target.name, "planned", told)
    attempts = Retrying(
        stop=stop_after_attempt(job.config.retries + 1),
        wait=wait_exponential(job.config.wait_seconds),
        retry=retry_if_result(bool),
        retry_error_callback=_reason,
        sleep=sleep,
    )
    reason = attempts(_attempt, service, job, is_mail=target.kind == "mail", files=files)
    number = attempts.statistics["attempt_number"]
    if reason:
        raise RunError(f"{number} attempts failed, the last with: {_without_secrets(reason, target, job)}")
    return Outcome(target.name, "sent", told + (f", at attempt {number}" if number > 1 else ""))


def _reason(state: RetryCallState) -> object:
    """Why the last attempt failed."""
    return state.outcome.result() if state.outcome else ""


def _service(target: Target, job: Dispatch) -> "apprise.Apprise":
    """The target as Apprise has it."""
    import apprise  # noqa: PLC0415 - slow to load, and only needed where something is sent

    # Apprise writes whole addresses into its log; what is told of a failure is taken from its result.
    logging.getLogger("apprise").propagate = False
    logging.getLogger("apprise").setLevel(logging.WARNING)
    asset = apprise.AppriseAsset(
        app_id="cohortiv",
        app_desc="Reports",
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        service_timeout=job.config.timeout_seconds,
        allow_templates=False,
    )
    service = apprise.Apprise(asset=asset)
    if not service.add(filled(target, job.environment)):
        raise UsageError(f"{target.url} {_NOT_LOADED}. Correct the delivery file.")
    return service


def _attempt(service: "apprise.Apprise", job: Dispatch, *, is_mail: bool, files: tuple[tuple[str, Path], ...]) -> str:
    """Try once; give the reason for which it failed, empty where it did not."""
    import apprise  # noqa: PLC0415 - loaded by now

    along = apprise.AppriseAttachment()
    for name, path in files:
        along.add(f"file://{quote(str(path.resolve()))}?name={quote(name)}")
    try:
        result = service.notify(
            title=job.message.subject if is_mail else "",
            body=job.message.html if is_mail else job.message.text,
            body_format=apprise.NotifyFormat.HTML if is_mail else apprise.NotifyFormat.TEXT,
            attach=along if files else None,
            timeout=job.config.timeout_seconds,
            log_level=logging.WARNING,
        )
    except Exception as error:  # noqa: BLE001 - a service's own code may fail in any way, and the next target must not
        return f"{type(error).__name__}: {error}"
    said = [entry.message for service_result in result for attempt in service_result for entry in attempt.logs]
    return "" if result else " ".join(said) or "no reason given"


def _without_secrets(text: str, target: Target, job: Dispatch) -> str:
    """A reason as it may be shown: the target's variables by name, and whatever else looks like a secret left out."""
    for name in variables(target):
        for form in (job.environment[name], quote(job.environment[name], safe="")):
            text = text.replace(form, f"${{{name}}}")
    return scrubbed(" ".join(text.split()), environment=job.environment)


def _listed(files: tuple[tuple[str, Path], ...]) -> str:
    """Files with their sizes."""
    if not files:
        return "no attachment"
    return "with " + " and ".join(f"{name} ({path.stat().st_size:,} bytes)" for name, path in files)
