"""The exact prompt behind a reply, for the team."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.errors import Forbidden
from engine.kernel.tokens import estimate_tokens
from engine.web.api.ids import MessageId
from engine.web.problems import documented
from engine.web.shell import InEngine, Me, Team

router = APIRouter(tags=["chat"], prefix="/chat/messages")


class PromptSection(BaseModel):
    """One part of a prompt."""

    name: str
    source: str = Field(description="where its words come from")
    text: str
    stable: bool = Field(description="whether it stays equal from turn to turn")
    tokens_estimated: int


class PromptLine(BaseModel):
    """One line of the conversation that the prompt ended with."""

    role: str = Field(description="user: the player; assistant: the character")
    text: str


class PromptShown(BaseModel):
    """What the model read before it spoke."""

    message_id: str
    hash: str
    tokens_estimated: int
    tokens_billed: int | None = Field(description="as the provider counted them; none when it did not say")
    after_pending: bool = Field(description="whether the work after the turn before was not done yet")
    memory_ids: list[str]
    hook_ids: list[str]
    sections: list[PromptSection]
    lines: list[PromptLine]


@router.get("/{message_id}/prompt", responses=documented(401, 403, 404))
def prompt(message_id: MessageId, engine: InEngine, me: Me, team: Team) -> PromptShown:
    """The exact prompt of a reply of yours, by section. For the team."""
    if not team:
        raise Forbidden("Prompts are for the team: the access key is needed.")
    kept = engine.runtime.play.prompt(message_id, me.id)
    return PromptShown(
        message_id=kept.message.id,
        hash=kept.hash,
        tokens_estimated=kept.tokens_estimated,
        tokens_billed=kept.tokens_billed,
        after_pending=kept.after_pending,
        memory_ids=list(kept.memory_ids),
        hook_ids=list(kept.hook_ids),
        sections=[
            PromptSection(
                name=one.name,
                source=one.source,
                text=one.text,
                stable=one.stable,
                tokens_estimated=estimate_tokens(one.text),
            )
            for one in kept.prompt.sections
        ],
        lines=[PromptLine(role=one.role, text=one.content) for one in kept.prompt.lines],
    )
