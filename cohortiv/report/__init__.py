"""From a notebook and its parameters to a published, dated report. Nothing in here knows any finance."""

import importlib.util
import sys

# jupyterlab brings this grammar along; compiling it costs every process up to two seconds and is only for IRI checks.
if importlib.util.find_spec("rfc3987_syntax") is not None:
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
