"""The offline actor: acts characters with no model at all."""

from engine.providers.llm.offline.actor import OfflineActor

__all__ = ["OfflineActor"]
