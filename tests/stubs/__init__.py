"""Four providers on one port of this machine, which speak as the real ones do and break as they are told."""

from tests.stubs.faults import FAULTS
from tests.stubs.server import serving
from tests.stubs.state import Prediction, Stubs
from tests.stubs.wire import Call

__all__ = ["FAULTS", "Call", "Prediction", "Stubs", "serving"]
