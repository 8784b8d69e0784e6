"""The offline painter: the camera that needs neither key nor network."""

from engine.providers.images.offline.painter import OfflinePainter

__all__ = ["OfflinePainter"]
