"""The file that a response task brought: as it came, and packed to be sent to somebody for analysis."""

import secrets
from typing import Annotated

from fastapi import Depends, Query, Response

from hinomi.api.binary import BINARY, Download, bytes_of
from hinomi.api.gate import Rooms, console
from hinomi.api.house import House
from hinomi.api.reply import reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Shape, Text
from hinomi.errors import InputError
from hinomi.response.files import CollectedFile
from hinomi.response.submission import (
    HELP_PAGE,
    INNER_NAME,
    OUTER_NAME,
    OUTER_PASSWORD,
    Desk,
    Encryption,
    encryption_for,
    read_desk,
    request_of,
    sample_of,
    write_package,
)
from hinomi.schema.principal import Permission, Principal
from hinomi.schema.task import ResponseTask

router = resource("/console/api/response/tasks", "response")

Responder = Annotated[Principal, Depends(console(Permission.RESPOND))]
To = Annotated[
    str | None, Query(max_length=320, description="team, vendor:ADDRESS or misp:ADDRESS; default: the setting.")
]
How = Annotated[str | None, Query(description="zipcrypto or aes; default: zipcrypto up to 32 MiB.")]


class SubmissionShape(Shape):
    """`password` opens the inner zip and stands in the text's remarks too; `outer_password` is `virus`."""

    subject: Text
    text: Text
    recipient: str
    address: str
    file_name: str
    encryption: str
    outer_password: str
    password: str
    sha256: str
    size_bytes: int
    help_page: str


@router.get("/{task_id}/file", response_class=Download, responses=BINARY)
def get_file(task_id: str, house: Rooms, who: Responder) -> Response:
    """The zip as the sensor packed it. Its password is asked for apart."""
    file = _file(house, task_id)
    chunks = house.files.chunks(file)
    house.files.tell_download(who, file, "download collected file")
    return Download(chunks, _zip_name(house.response.tasks.get(file.task_id), file), file.size_bytes)


@router.get("/{task_id}/submission", responses={200: {"model": SubmissionShape}})
def get_submission(task_id: str, house: Rooms, who: Responder, to: To = None, encryption: How = None) -> Response:
    """The request for analysis, with the inner zip's password in its remarks. Who asked is written down."""
    file, desk = _file(house, task_id), _desk(house, to)
    how = encryption_for(file.size_bytes, _encryption(encryption))
    password = house.response.tasks.secrets.for_package(file.task_id)
    request = request_of(sample_of(house.response.tasks.get(file.task_id), file, password), desk, how)
    house.files.tell_download(who, file, "write analysis request")
    return reply(
        {
            "subject": request.subject,
            "text": request.text,
            "recipient": str(desk.recipient),
            "address": desk.address,
            "fileName": OUTER_NAME,
            "encryption": str(how),
            "outerPassword": OUTER_PASSWORD,
            "password": password,
            "sha256": file.sha256,
            "sizeBytes": file.size_bytes,
            "helpPage": HELP_PAGE,
        }
    )


@router.get("/{task_id}/submission.zip", response_class=Download, responses=BINARY)
def get_package(task_id: str, house: Rooms, who: Responder, encryption: How = None) -> Response:
    """A zip with the password `virus` round the zip of the sensor, which stays as it is."""
    file = _file(house, task_id)
    how = encryption_for(file.size_bytes, _encryption(encryption))
    made = house.packages / f"{secrets.token_hex(16)}.zip"
    write_package(house.files.path(file), INNER_NAME, made, how)
    house.files.tell_download(who, file, "download submission package")
    return Download(bytes_of(made, is_once=True), OUTER_NAME, made.stat().st_size)


def _file(house: House, task_id: str) -> CollectedFile:
    """NotFound when there is no such task, when it brought no file, and when the file is not there any more."""
    file = house.files.of_task(house.response.tasks.get(task_id).id)
    house.files.path(file)
    return file


def _desk(house: House, to: str | None) -> Desk:
    return read_desk(to or house.samples_to)


def _encryption(name: str | None) -> Encryption | None:
    if name is None:
        return None
    if name not in set(Encryption):
        raise InputError(f"encryption: {' or '.join(Encryption)}")
    return Encryption(name)


def _zip_name(task: ResponseTask, file: CollectedFile) -> str:
    """Called for what is inside; a sensor names what it sends after the command."""
    inside = str(task.result.get("name") or task.result.get("path") or file.name)
    name = inside.replace("\\", "/").rpartition("/")[2][:120] or file.name
    return name if name.endswith(".zip") else f"{name}.zip"
