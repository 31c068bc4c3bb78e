"""The static edition of a report: its page without any script, for mail and for readers that run none.

It is cut out of the finished page, so that text, tables, pictures and numbers are the page's own.
"""

import re

STATIC_PAGE = "report-static.html"
STATIC_BUDGET_BYTES = 500_000

_SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>\s*", re.DOTALL)
_ALLOWED_SCRIPTS = re.compile(r"script-src [^;]*;")


def static_edition(page: str) -> str:
    """Take all scripts out of a page.

    Parameters
    ----------
    page : str
        HTML of a finished report. No script in it holds the end of a script element, for which the exporter cares.

    Returns
    -------
    str
        The same page with its still pictures, under a policy that allows no script at all. What charts draw live is
        left out with the script that draws it.
    """
    return _SCRIPT.sub("", _ALLOWED_SCRIPTS.sub("script-src 'none';", page, count=1))
