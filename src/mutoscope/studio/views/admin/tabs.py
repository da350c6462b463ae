"""The pages of the administration, and which of them somebody may see."""

from dataclasses import dataclass

from mutoscope.identity import Permission
from mutoscope.studio.visit import MemberVisit


@dataclass(frozen=True)
class Tab:
    """A page of the administration; `icon` is one of macros/icons.html."""

    path: str
    name: str
    icon: str


def tabs(visit: MemberVisit) -> list[Tab]:
    """What stands at the head of each page."""
    say = visit.words
    trail = Tab("/admin/trail", say("Audit trail"), "search")
    if not visit.may(Permission.HOUSE_ADMINISTER):
        return [trail]
    return [
        Tab("/admin", say("Queue and health"), "film"),
        Tab("/admin/models", say("Models"), "spark"),
        Tab("/admin/prices", say("Prices"), "coin"),
        Tab("/admin/limits", say("Limits and plans"), "sliders"),
        Tab("/admin/words", say("Refused words"), "alert"),
        Tab("/admin/people", say("Organizations"), "key"),
        Tab("/admin/storage", say("Storage"), "grid"),
        trail,
    ]
