"""A real house behind a real uvicorn on a free loopback port, with a small content of its own and a few alerts in it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from hinomi.api.house import House as ApiHouse
from hinomi.api.server import create_app
from hinomi.app.folder import DataFolder
from hinomi.app.house import House
from hinomi.app.rooms import api_house
from hinomi.schema.alert import AlertQuery
from hinomi.schema.principal import COMMAND_LINE, Role
from hinomi.settings import Settings
from tests import make
from tests.make_database import IS_POSTGRESQL, database_at

PASSWORD = "tabo-kire-munos-9"

HIVE_FILTER = """
title: SAM Hive Saved by reg.exe
id: 0e6b6bd4-6f0e-4a57-9d4f-60cf5a7ac1aa
status: stable
description: The SAM hive is saved to a file.
author: Hinomi
date: 2026-11-22
tags: [attack.credential-access, attack.t1003.002]
logsource: {product: windows, category: process_creation}
detection:
  hive: {CommandLine|contains|all: [' save ', 'hklm\\sam']}
  condition: hive
falsepositives: [Backup]
level: high
hinomi:
  class: behaviour
  highlights: [objectCmd, endpointHostName, processFilePath, objectUser, objectPid]
  ja: {title: reg.exe による SAM ハイブの保存, description: SAM ハイブがファイルに保存されました。, falsepositives: [バックアップ]}
tests:
  fires:
    - {Image: 'C:\\Windows\\System32\\reg.exe', CommandLine: 'reg save hklm\\sam C:\\t\\s.hiv'}
  silent:
    - {Image: 'C:\\Windows\\System32\\reg.exe', CommandLine: 'reg query hklm\\sam'}
"""
WHO_FILTER = """
title: User Looked up by whoami
id: 6a9a35a4-2f0e-4a0f-8c55-4f6a6d5c9a01
status: stable
description: Somebody asks who they are.
author: Hinomi
date: 2026-11-22
tags: [attack.discovery, attack.t1033]
logsource: {product: windows, category: process_creation}
detection:
  who: {Image|endswith: '\\whoami.exe'}
  condition: who
falsepositives: [Administration]
level: low
hinomi:
  class: behaviour
  highlights: [objectCmd, endpointHostName]
  ja: {title: whoami による利用者の確認, description: 利用者名が確認されました。, falsepositives: [管理作業]}
tests:
  fires:
    - {Image: 'C:\\Windows\\System32\\whoami.exe', CommandLine: 'whoami'}
  silent:
    - {Image: 'C:\\Windows\\System32\\reg.exe', CommandLine: 'reg'}
"""
MODEL = """
name: Credential Dumping via Registry
severity: high
description: A registry hive with secrets was saved.
products: [windows_sysmon, windows_security]
suppress: 24h
rules:
  - id: hive_saved
    name: A hive was saved
    type: single
    filters: [sam_hive_saved]
ja: {name: レジストリからの認証情報の窃取, description: 秘密を含むハイブが保存されました。, rules: {hive_saved: ハイブの保存}}
tests:
  fires:
    - records: [{Image: 'C:\\Windows\\System32\\reg.exe', CommandLine: 'reg save hklm\\sam C:\\t\\s.hiv', at: 0s}]
  silent:
    - records: [{Image: 'C:\\Windows\\System32\\reg.exe', CommandLine: 'reg query hklm\\sam', at: 0s}]
"""

ATTACKED = 12  # machines, an alert each
COMMAND = r'cmd.exe /c echo "reg.exe save hklm\sam C:\t\s.hiv"'


def content_folder(folder: Path) -> Path:
    for name, text in (
        ("filters/windows/sam_hive_saved.yml", HIVE_FILTER),
        ("filters/windows/whoami_run.yml", WHO_FILTER),
        ("models/credential_dumping_registry.yml", MODEL),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def attack(number: int) -> bytes:
    return make.record(
        1,
        computer=f"PC-{number}",
        time=f"2026-01-15T03:{number:02}:00.000000Z",
        record_id=number,
        Image=r"C:\Windows\System32\cmd.exe",
        CommandLine=COMMAND,
        ProcessId=4000 + number,
        ProcessGuid=f"{{00000000-0000-0000-0000-{number:012}}}",
        ParentImage=r"C:\Windows\explorer.exe",
        ParentCommandLine=r"C:\Windows\Explorer.EXE",
        ParentProcessId=100,
        ParentProcessGuid=f"{{00000000-0000-0000-0001-{number:012}}}",
        User=rf"CORP\user{number % 10}",  # the last two machines share a user with the first two: two incidents
        Hashes="SHA1=DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
    )


def harmless(number: int) -> bytes:
    return make.record(
        1,
        computer="PC-1",
        time=f"2026-01-15T04:{number:02}:00.000000Z",
        record_id=1000 + number,
        Image=r"C:\Windows\System32\whoami.exe",
        CommandLine="whoami",
        ProcessId=5000 + number,
        ProcessGuid=f"{{00000000-0000-0000-0002-{number:012}}}",
        ParentImage=r"C:\Windows\System32\cmd.exe",
        ParentCommandLine="cmd.exe",
        ParentProcessId=4001,
        ParentProcessGuid="{00000000-0000-0000-0000-000000000001}",
        User=r"CORP\user1",
    )


def fill(house: House) -> None:
    """Twelve alerts and five detections that make none."""
    house.append(make.record_batch(*(attack(number) for number in range(ATTACKED)), *(harmless(n) for n in range(5))))
    house.pipeline.drain()


class Running:
    """A served house. `key` and `person` give clients of a role; each is closed with the house."""

    def __init__(self, house: House, api: ApiHouse, url: str) -> None:
        self.house, self.api, self.url = house, api, url
        self._clients: list[httpx.Client] = []
        self._made = 0
        self._keys: dict[Role, httpx.Client] = {}
        self._persons: dict[Role, httpx.Client] = {}

    def client(self, **headers: str) -> httpx.Client:
        made = httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False)
        self._clients.append(made)
        return made

    def key(self, role: Role = Role.SENIOR_ANALYST) -> httpx.Client:
        """A program with an API key; the same one for each role, for a new connection and key cost time."""
        if role not in self._keys:
            self._keys[role] = self.client(Authorization=f"Bearer {self.key_value(role)}")
        return self._keys[role]

    def key_value(self, role: Role) -> str:
        self._made += 1
        _, value = self.house.access.keys.create(COMMAND_LINE, f"key {self._made}", role)
        return value

    def person(self, role: Role = Role.SENIOR_ANALYST) -> httpx.Client:
        """A person who is logged in at the console; the same one for each role, for a password costs 50 ms to check."""
        if role not in self._persons:
            self._persons[role] = self.new_person(role)
        return self._persons[role]

    def new_person(self, role: Role = Role.SENIOR_ANALYST) -> httpx.Client:
        """A person of their own, for tests that change them."""
        self._made += 1
        name = f"person{self._made}"
        self.house.access.users.create(COMMAND_LINE, name, role, PASSWORD)
        client = self.client()
        session = client.post("/console/api/login", json={"user": name, "password": PASSWORD})
        assert session.status_code == 200, session.text
        client.headers["X-CSRF-Token"] = session.json()["csrf"]
        return client

    def alert_of(self, machine: str) -> str:
        """The id of the alert of one machine."""
        found = self.house.workbench.page(AlertQuery(entity=machine))
        assert found.total == 1
        return found.items[0].id

    def close(self) -> None:
        for client in self._clients:
            client.close()


class _Server(uvicorn.Server):
    def __init__(self, app: FastAPI) -> None:
        super().__init__(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The app on a real socket; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert server.is_up.wait(30)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def running(folder: Path, **changes: Any) -> Iterator[Running]:
    """A house with its alerts, served."""
    from dataclasses import replace

    settings = Settings(
        data=folder / "data",
        content=str(content_folder(folder / "content")),
        database_url=database_at(folder / "data" / "hinomi.db") if IS_POSTGRESQL else "",
        disk_floor_mb=1,
    )
    DataFolder(settings.data).make("7")
    settings = replace(settings, org="7")
    with House(settings) as house:
        fill(house)
        api = replace(api_house(house), **changes)
        with served(create_app(api)) as url:
            found = Running(house, api, url)
            try:
                yield found
            finally:
                found.close()
