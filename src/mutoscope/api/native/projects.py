"""Projects of the organization."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path

from mutoscope.api.access import ActorHere, Reader, RoomsHere
from mutoscope.api.native.generations import REFUSALS
from mutoscope.api.native.wire_people import (
    ProjectBody,
    ProjectChange,
    ProjectList,
    ProjectReply,
    project_reply,
)
from mutoscope.core.ids import ProjectId
from mutoscope.generations import archive_project, begin_project, rename_project, restore_project

router = APIRouter(prefix="/projects", tags=["projects"], responses=REFUSALS)

ProjectText = Annotated[str, Path(max_length=64)]


@router.get("")
def list_projects(rooms: RoomsHere, owner: Reader, archived: bool = False) -> ProjectList:
    """The organization's projects; the archived too, if asked for."""
    with rooms.database.snapshot() as tx:
        found = rooms.projects.list(tx, owner.organization_id, archived=archived)
    return ProjectList(items=[project_reply(each) for each in found])


@router.post("", status_code=HTTPStatus.CREATED)
def create_project(body: ProjectBody, rooms: RoomsHere, actor: ActorHere) -> ProjectReply:
    """Begin a project."""
    return project_reply(begin_project(rooms, actor, body.name))


@router.get("/{project_id}")
def get_project(project_id: ProjectText, rooms: RoomsHere, owner: Reader) -> ProjectReply:
    """One project."""
    with rooms.database.snapshot() as tx:
        return project_reply(rooms.projects.find(tx, owner.organization_id, ProjectId(project_id)))


@router.patch("/{project_id}")
def change_project(
    project_id: ProjectText, body: ProjectChange, rooms: RoomsHere, actor: ActorHere
) -> ProjectReply:
    """Rename, archive or restore it. In an archived project nothing new is made."""
    which = ProjectId(project_id)
    if body.name is not None:
        rename_project(rooms, actor, which, body.name)
    if body.archived is not None:
        (archive_project if body.archived else restore_project)(rooms, actor, which)
    with rooms.database.snapshot() as tx:
        return project_reply(rooms.projects.find(tx, actor.organization_id, which))
