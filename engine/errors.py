"""Every way the engine says no. Messages are sentences for the person who reads them.

ColdopenError
├── BadInput            what was given cannot be used; nothing was changed
│   ├── NotReady        a draft lacks something before it can be published (findings name the fields)
│   ├── UnknownGenre    no such doctrine; the sentence lists the known ones
│   └── BadPicture      an uploaded picture is broken, too large or of another kind
├── NotFound            there is none, or it is not yours: the sentence is the same
├── Conflict            it can be used, but not in the present state
│   ├── SameIdOtherText an idempotency key came again with other words
│   ├── StoodOn         a later conversation already builds on this turn
│   ├── SpentForToday   the day's allowance of paid words is used up
│   └── Ended           the session is over
├── Forbidden           the person may not do this
├── NoRoom              the disk is full; nothing was changed
├── SettingsProblem     the engine cannot open: a setting, folder, port, data file or database is wrong
│   ├── AlreadyRunning  another process holds this home, or this process holds another engine
│   └── NewerDatabase   the database was written by a newer version
└── ProviderError       a model or camera did not deliver
    ├── ProviderBusy    it asked us to slow down or is overloaded
    ├── ProviderRefused it declined the content
    ├── ProviderUnusable it takes neither our key, nor our model, nor our request: a person must change something
    └── ProviderDown    it could not be reached, broke off or spoke nonsense
"""

from __future__ import annotations


class ColdopenError(Exception):
    """The root of the engine's own errors; `str(error)` is a sentence to show."""


class BadInput(ColdopenError):
    """What was given cannot be used; nothing was changed."""


class NotReady(BadInput):
    """A draft cannot be published yet. `missing` holds (field, sentence) pairs."""

    def __init__(self, sentence: str, missing: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(sentence)
        self.missing = missing


class UnknownGenre(BadInput):
    """No doctrine has that slug."""


class BadPicture(BadInput):
    """An uploaded picture is broken, too large or not a picture."""


class NotFound(ColdopenError):
    """There is none, or it belongs to somebody else."""


class Conflict(ColdopenError):
    """The request is sound but not in the present state."""


class SameIdOtherText(Conflict):
    """An idempotency key was used again with another text."""


class StoodOn(Conflict):
    """A later conversation already builds on this turn."""


class SpentForToday(Conflict):
    """The day's allowance of paid words is used up."""


class Ended(Conflict):
    """The session is over."""


class Forbidden(ColdopenError):
    """The person may not do this."""


class NoRoom(ColdopenError):
    """The disk is full; nothing was changed."""


class SettingsProblem(ColdopenError):
    """The engine cannot open; the sentence says what to change."""


class AlreadyRunning(SettingsProblem):
    """Another process or engine holds this home."""


class NewerDatabase(SettingsProblem):
    """The database was written by a newer version of Coldopen."""


class ProviderError(ColdopenError):
    """A provider did not deliver. `detail` is for the writer, never for the player."""

    def __init__(self, sentence: str, *, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.detail = detail
        self.retry_after = retry_after


class ProviderBusy(ProviderError):
    """Rate limited or overloaded."""


class ProviderRefused(ProviderError):
    """The provider declined the content."""


class ProviderUnusable(ProviderError):
    """It does not take our key, model or request: no second try helps, a person must change a setting."""


class ProviderDown(ProviderError):
    """Unreachable, cut off or speaking nonsense."""
