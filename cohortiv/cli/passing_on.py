"""What readers get of a report as soon as its run has ended: the report, or word that there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cohortiv.cli.sending import Sending, send
from cohortiv.config.brand import Brand
from cohortiv.delivery.bulletin import Bulletin, read_bulletin
from cohortiv.delivery.message import announcement
from cohortiv.delivery.missed import missed_bulletin
from cohortiv.delivery.record import record_of
from cohortiv.delivery.targets import DeliveryConfig, load_delivery
from cohortiv.report.shelf import Place

Say = Callable[[str], None]


@dataclass(frozen=True)
class Readers:
    """Who gets what is published.

    Attributes
    ----------
    settings : DeliveryConfig
    """

    settings: DeliveryConfig

    @classmethod
    def of(cls, file: Path) -> "Readers":
        """Read a delivery file; UsageError if it is wrong.

        Parameters
        ----------
        file : Path
        """
        return cls(load_delivery(file))

    def get(self, folder: Path, *, brand: Brand, say: Say) -> None:
        """Send a published report.

        Parameters
        ----------
        folder : Path
        brand : Brand
        say : callable
            Takes one line of progress.

        Raises
        ------
        DataError, RunError
            If it is not as it was published, or a target got nothing.
        """
        self._send(read_bulletin(folder), brand=brand, say=say)

    def miss(self, place: Place, *, brand: Brand, say: Say) -> None:
        """Say that a report is not published, to those who had one before.

        Parameters
        ----------
        place : Place
            Where it was to be. Nothing is sent where it stands there, from a run before, or where none ever was.
        brand : Brand
        say : callable
            Takes one line of progress.

        Raises
        ------
        RunError
            If a target got nothing.
        """
        bulletin = missed_bulletin(place)
        if bulletin is None:
            say("Its readers are told nothing: it is published, or no earlier report of it is.")
        else:
            self._send(bulletin, brand=brand, say=say)

    def _send(self, bulletin: Bulletin, *, brand: Brand, say: Say) -> None:
        message = announcement(bulletin, brand=brand, link=self.settings.link)
        send(Sending(bulletin, message, self.settings, record_of(bulletin)), say=say)
