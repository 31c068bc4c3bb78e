"""Where the notebooks and templates are: in the installed package, or in the checkout."""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent


def asset(kind: Literal["notebooks", "templates"]) -> Path:
    """Folder of the notebooks or of the templates that belong to this version.

    Parameters
    ----------
    kind : {"notebooks", "templates"}
        Which folder.

    Returns
    -------
    Path
        The folder inside the installed package where there is one, else the one beside the package in a checkout.
    """
    packaged = _PACKAGE / "resources" / kind
    return packaged if packaged.is_dir() else _PACKAGE.parent / kind
