"""Replicate, through its own SDK: a picture is ordered, its name kept, looked after, and fetched.

Facts of SDK 1.0.7: an order goes out without any time limit, looks are repeated up to ten times with each `retry-after`
slept in full, errors lose that header, and the status `aborted` cannot be read. The guard below ends all of that.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import httpx

from engine.errors import ProviderBusy, ProviderDown, ProviderError, ProviderRefused, SettingsProblem
from engine.kernel.clock import Clock, utc_now
from engine.providers.images import Capabilities, Order, Picture, PictureRequest
from engine.providers.images.download import NothingThere, Source, download
from engine.providers.images.flux import SHAPES, Shape, kind_of
from engine.providers.prices import Prices
from engine.providers.resilience.listening import answered
from engine.providers.statuses import from_status, told
from engine.providers.wire import Wire

if TYPE_CHECKING:
    from replicate.client import Client
    from replicate.prediction import Prediction

log = logging.getLogger(__name__)
T = TypeVar("T")

WHO = "Replicate"
HOME = "https://api.replicate.com"
OUTPUTS = ("replicate.delivery",)
KONTEXT = "black-forest-labs/flux-kontext-pro"
SCHNELL = "black-forest-labs/flux-schnell"
CONNECT = 5.0
MOST_TOLD = 32 * 1024 * 1024
"""The longest answer that is read: it repeats the references that it was given."""
MOST_SHOWN = 20 * 1024 * 1024
"""The largest picture that is fetched, in bytes."""
DEADLINE = "10m"
"""After so long a drawing that nobody asks for any more ends by itself."""
MISSES = 3
"""So many looks in a row may fail: looking costs nothing."""
ENDED = ("succeeded", "failed", "canceled")
MAYBE_PAID = "the drawing may have begun and been paid all the same"
_GATEWAYS = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.LocalProtocolError, httpx.UnsupportedProtocol)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_REFUSED = re.compile(r"nsfw|flagged|sensitive|\bE005\b|moderat|content polic", re.IGNORECASE)
_ABORTED = re.compile(rb'("status"\s*:\s*)"aborted"')
NO_TIME = f"{WHO} is still drawing this picture."
UNWANTED = "The picture is no longer wanted."


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. `total` for a picture with everything, `call` for one answer, `fetch` for the file."""

    total: float = 120.0
    call: float = 30.0
    fetch: float = 60.0
    first_pause: float = 0.5
    longest_pause: float = 3.0


class _Said(Exception):
    """An answer that is an error, before it is known what that means."""

    def __init__(self, code: int, words: str, retry_after: str | None) -> None:
        super().__init__(str(code))
        self.code, self.words, self.retry_after = code, words, retry_after


class _Developed(NamedTuple):
    """What a drawing gave: its model, the words that this was told as far as they are still known, and the picture."""

    model: str
    words: str
    png: bytes


class _Spent(Exception):
    """Nothing comes of a drawing any more: it must be begun anew."""


class _Guard(httpx.BaseTransport):
    """Every wait has an end, an error keeps its `retry-after` and is never tried again behind our back."""

    def __init__(self, seconds: float) -> None:
        self._inner = httpx.HTTPTransport()
        self._limits = httpx.Timeout(seconds, connect=min(CONNECT, seconds)).as_dict()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its answer whole. Raises _Said for a status that is none of success."""
        request.extensions = {**request.extensions, "timeout": self._limits}
        if request.method == "POST":
            request.headers["Cancel-After"] = DEADLINE
        with contextlib.closing(self._inner.handle_request(request)) as response:
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece
                if len(body) > MOST_TOLD:
                    raise ProviderDown(f"{WHO}'s answer does not end.")
        if not response.is_success:
            words = body.decode(errors="replace")
            raise _Said(response.status_code, words, response.headers.get("retry-after"))
        return httpx.Response(response.status_code, content=_ABORTED.sub(rb'\1"canceled"', bytes(body)))

    def close(self) -> None:
        """Close what is open."""
        self._inner.close()


@dataclass(slots=True, eq=False)
class ReplicateCamera:
    """Two models of one account: one that is shown who is meant, and one that is told.

    `url` is empty for Replicate itself; `instead` is what to show in place of what is to be avoided. Nothing that is
    paid is tried twice. Raises SettingsProblem for a model whose inputs are not known.
    """

    key: str = field(repr=False)
    url: str = ""
    with_reference: str = KONTEXT
    from_words: str = SCHNELL
    prices: Prices = field(default_factory=Prices)
    instead: Mapping[str, str] = field(default_factory=dict[str, str])
    patience: Patience = field(default_factory=Patience)
    now: Clock = utc_now
    _client: Client | None = field(default=None, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def __post_init__(self) -> None:
        for name in (self.with_reference, self.from_words):
            if name not in SHAPES:
                raise SettingsProblem(f"Nothing is known of the model {name}. Known ones: {', '.join(SHAPES)}.")
        if not self._shown.references_max:
            raise SettingsProblem(f"The model {self.with_reference} cannot be shown a reference picture.")

    @property
    def _shown(self) -> Shape:
        return SHAPES[self.with_reference]

    @property
    def name(self) -> str:
        """What it is called in settings."""
        return "replicate"

    @property
    def model(self) -> str:
        """The models that it is: which one draws depends on the request."""
        return " or ".join(dict.fromkeys((self.from_words, self.with_reference)))

    @property
    def can(self) -> Capabilities:
        """What it can do, whichever of its models draws."""
        shapes = (self._shown, SHAPES[self.from_words])
        return Capabilities(
            references_max=self._shown.references_max,
            negative_prompt=all(shape.negative for shape in shapes),
            formats=self._shown.formats,
            sizes=(max(shape.side for shape in shapes), min(shape.side for shape in shapes)),
        )

    def draw(self, request: PictureRequest) -> Picture:
        """Draw one picture, or take up the drawing that `request.order` began.

        Raises ProviderBusy also when the time is over: what is kept draws on, and another try takes it up.
        """
        began, order = time.monotonic(), request.order
        model = self._chosen(request)
        until = began + self.patience.total
        taken_up = self._taken_up(order, until) if order.begun else None
        got = taken_up or self._drawn(model, request, until)
        cost = self.prices.of_picture(self.name, got.model, self.now().date())
        words = "" if got.words == request.words else got.words
        return Picture(got.png, None, got.model, cost, round((time.monotonic() - began) * 1000), words)

    def _chosen(self, request: PictureRequest) -> str:
        """The model for a request. Raises ProviderRefused for one that it cannot draw."""
        if len(request.references) > self._shown.references_max:
            raise ProviderRefused(f"{WHO} can be shown {self._shown.references_max} reference picture(s) at a time.")
        name = self.with_reference if request.references else self.from_words
        if request.size != SHAPES[name].side:
            raise ProviderRefused(f"{WHO} draws pictures of {SHAPES[name].side} pixels, not {request.size}.")
        return name

    def _drawn(self, model: str, request: PictureRequest, until: float) -> _Developed:
        """A picture that is begun now."""
        order = request.order
        self._still_wanted(order)
        made = self._begun(model, request, until)
        try:
            found = made if made.status in ENDED else self._ended(made.id, order, until, self.patience.first_pause)
            return self._developed(found, until)
        except _Spent as spent:
            raise ProviderDown(f"{WHO} did not deliver this picture.", detail=str(spent)) from spent

    def _taken_up(self, order: Order, until: float) -> _Developed | None:
        """The picture of a drawing that was begun before; None when nothing comes of that any more."""
        if not _NAME.fullmatch(order.begun):
            return None
        try:
            found = self._ended(order.begun, order, until, 0.0)
            return self._developed(found, until) if found.status == "succeeded" else None
        except _Spent as spent:
            log.info("the drawing %s is begun anew: %s", order.begun, spent)
            return None

    def _begun(self, model: str, request: PictureRequest, until: float) -> Prediction:
        """Order a picture, once, and let its name be kept. What `keep` raises calls it off."""
        inputs = SHAPES[model].inputs(request, self.instead)

        def order(wire: Wire) -> Prediction:
            made = self._open().predictions.create(model=model, input=inputs)
            if wire.is_cut:
                self._call_off(made.id)  # it was answered when nobody waited for it any more
            return made

        made = self._asked(order, until, is_paid=True)
        if not _NAME.fullmatch(made.id):
            raise ProviderDown(f"{WHO} spoke nonsense.", detail=f"a drawing without a name; {MAYBE_PAID}")
        try:
            if request.order.keep is not None:
                request.order.keep(made.id)
        except BaseException:
            self._call_off(made.id)
            raise
        return made

    def _ended(self, name: str, order: Order, until: float, pause: float) -> Prediction:
        """A drawing when it has come to an end, good or bad, looked at with growing pauses."""
        missed = 0
        while True:
            if time.monotonic() + pause >= until:
                raise self._late(name, order)
            time.sleep(pause)
            self._still_wanted(order, name)
            pause = min(self.patience.longest_pause, max(1.5 * pause, self.patience.first_pause))
            try:
                found = self._asked(lambda _wire: self._open().predictions.get(name), until)
            except (ProviderDown, ProviderBusy) as error:
                missed, asked = missed + 1, error.retry_after or 0.0
                if missed > MISSES or asked > self.patience.longest_pause:
                    raise
                pause = max(pause, asked)
                continue
            missed = 0
            if found.status in ENDED:
                return found

    def _late(self, name: str, order: Order) -> ProviderError:
        """The error when the time is over; a drawing that nobody could find again is called off."""
        if order.keep is not None or order.begun:
            return ProviderBusy(NO_TIME, detail=f"drawing {name} goes on")
        self._call_off(name)
        return ProviderDown(f"{WHO} did not finish this picture in time.", detail=f"drawing {name} was called off")

    def _developed(self, found: Prediction, until: float) -> _Developed:
        """The picture of a drawing that ended. Raises _Spent when there is none, and what its end means."""
        said = told(found.error or "", self.key)
        if found.status == "failed" and _REFUSED.search(said):
            raise ProviderRefused(f"{WHO} declined to draw this scene.", detail=said)
        if found.status != "succeeded":
            raise ProviderDown(f"{WHO} could not draw this picture.", detail=f"{found.status} {said}".strip())
        output = found.output[0] if isinstance(found.output, list) and found.output else found.output
        if not isinstance(output, str):
            raise _Spent("it ended well, but without a picture")
        left = until - time.monotonic()
        seconds = min(self.patience.fetch, max(self.patience.call, left))  # what is drawn is worth a moment more
        source = Source(OUTPUTS, self.url)

        def fetch(wire: Wire) -> bytes:
            return download(output, source, wire, who=WHO, seconds=seconds, most=MOST_SHOWN)

        try:
            png = answered(fetch, seconds)
        except NothingThere as error:
            raise _Spent(f"its picture is gone: {error}") from error
        except ProviderError:
            raise
        except Exception as error:
            raise self._translated(error) from error
        if kind_of(png) != "PNG":
            raise _Spent("what it sent is no PNG picture")
        return _Developed(found.model, str((found.input or {}).get("prompt", "")), png)

    def _still_wanted(self, order: Order, name: str = "") -> None:
        """Raise ProviderDown when nobody wants the picture any more; what was begun is called off."""
        if order.wanted():
            return
        if name:
            self._call_off(name)
        raise ProviderDown(UNWANTED, detail=f"drawing {name} was called off" if name else "nothing was begun")

    def _call_off(self, name: str) -> None:
        """Ask for a drawing to be ended. What breaks is only noted: it ends by itself after a while."""
        if not _NAME.fullmatch(name):
            return
        try:
            answered(lambda _wire: self._open().predictions.cancel(name), self.patience.call)
        except Exception as error:  # noqa: BLE001  (whoever calls off has an error of its own to tell)
            log.warning("the drawing %s could not be called off: %s", name, type(error).__name__)

    def _asked(self, ask: Callable[[Wire], T], until: float, *, is_paid: bool = False) -> T:
        """What one call returns, in time. Raises _Spent where something asked for by name is gone, else ours."""
        note = f"; {MAYBE_PAID}" if is_paid else ""
        try:
            self._open()
            left = until - time.monotonic()
            if left <= 0:
                raise ProviderBusy(NO_TIME, detail="no time was left")  # noqa: TRY301  (before anything is asked)
            return answered(ask, min(self.patience.call, left))
        except _Said as said:
            if said.code == HTTPStatus.NOT_FOUND and not is_paid:
                raise _Spent("it is not known any more") from said
            error = from_status(WHO, said.code, said.words, key=self.key, retry_after=said.retry_after)
            error.detail += note if said.code in _GATEWAYS else ""
            raise error from said
        except ProviderDown as error:
            error.detail += note
            raise
        except ProviderError:
            raise
        except Exception as error:
            raise self._translated(error, "" if isinstance(error, _UNSENT) else note) from error

    def _translated(self, error: Exception, note: str = "") -> ProviderError:
        """Ours for theirs. Of their words only the kind is told: some hold the key, or what was asked."""
        detail = f"{type(error).__name__}{note}"
        if isinstance(error, httpx.TimeoutException):
            return ProviderDown(f"{WHO} did not answer in time.", detail=detail)
        if isinstance(error, httpx.ConnectError | httpx.InvalidURL | httpx.UnsupportedProtocol):
            return ProviderDown(f"{WHO} cannot be reached.", detail=detail)
        if isinstance(error, httpx.HTTPError):
            return ProviderDown(f"{WHO} broke off.", detail=detail)
        return ProviderDown(f"{WHO} spoke nonsense.", detail=detail)

    def warm(self) -> None:
        """Import the SDK and make its client: that takes a moment."""
        self._open()

    def _open(self) -> Client:
        with self._lock:
            if self._client is None:
                from replicate.client import Client  # noqa: PLC0415  (most of a second to import)

                self._client = Client(
                    api_token=self.key,
                    base_url=self.url or HOME,
                    headers={"Authorization": f"Bearer {self.key}"},
                    transport=_Guard(2 * self.patience.call),  # a late answer is read, so that it can be called off
                )
            return self._client
