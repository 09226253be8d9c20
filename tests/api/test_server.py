"""The app as a whole: its description, its documentation, the files of the console."""

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from hinomi.api.gate import Gate, api_routes, gates
from hinomi.api.server import create_app, describe
from tests.api.house import Running, served
from tests.api.test_envelope import told

ROOT = Path(__file__).resolve().parents[2]


def test_every_reply_is_described(shared: Running) -> None:
    found = describe(create_app(shared.api))
    assert found["openapi"].startswith("3.")
    bare, ids = [], []
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            ids.append(operation["operationId"])
            for status, answer in operation["responses"].items():
                schemas = [each.get("schema") for each in answer.get("content", {}).values()]
                if (
                    status != "204"
                    and not (path.endswith(("/notes", "/customScripts")) and status == "201")
                    and path != "/metrics"
                ):
                    bare += [(method, path, status)] if not schemas or not all(schemas) else []
            assert "422" not in operation["responses"]
            assert operation["description"], path
    assert bare == []
    assert len(ids) == len(set(ids))
    assert shared.client().get("/openapi.json").json()["paths"].keys() == found["paths"].keys()


def test_every_reference_in_the_description_leads_somewhere(shared: Running) -> None:
    import json

    found = describe(create_app(shared.api))
    names = set(re.findall(r"#/components/schemas/([^\"]+)", json.dumps(found)))
    assert names <= set(found["components"]["schemas"])


def test_every_route_stands_in_the_reference_with_its_permission(shared: Running) -> None:
    text = (ROOT / "docs/reference/routes.md").read_text()
    missing = []
    for route in api_routes(create_app(shared.api)):
        gate = gates(route)[0]
        needs = str(gate.permission or "any key") if isinstance(gate, Gate) else "open"
        for method in sorted(route.methods or ()):
            line = f"| {method} | `{route.path}` | {needs} |"
            missing += [line] if line not in text else []
    assert missing == []


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A console as the build leaves it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>火の見</title>")
    (tmp_path / "assets/app-1a2b3c.js").write_text("export {}")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


def test_the_console_is_served_with_its_page_for_every_address_of_its_own(shared: Running, built: Path) -> None:
    with (
        served(create_app(replace(shared.api, console=built))) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        for path in ("/", "/workbench", "/workbench/alerts/WB-7-20260115-00001"):
            page = client.get(path)
            assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
            assert "火の見" in page.text
            assert page.headers["cache-control"] == "no-cache"
        script = client.get("/assets/app-1a2b3c.js")
        assert "javascript" in script.headers["content-type"]
        assert "immutable" in script.headers["cache-control"]
        assert client.get("/favicon.svg").headers["content-type"] == "image/svg+xml"
        told(client.get("/assets/app-old.js"), 404, "NotFound")
        told(client.get("/v3.0/nothing"), 404, "NotFound")
        told(client.get("/console/api/nothing"), 404, "NotFound")
        told(client.post("/workbench"), 404, "NotFound")
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/..%5c..%5csecret.txt"):
            assert "secret" not in client.get(path).text


def test_every_reply_is_guarded_against_other_sites(shared: Running) -> None:
    for path in ("/", "/console/api/session", "/v3.0/nothing"):
        headers = shared.client().get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert shared.client().get("/console/api/session").headers["cache-control"] == "no-store"


def test_without_a_built_console_a_page_says_how_to_build_it(shared: Running) -> None:
    with served(create_app(replace(shared.api, console=None))) as url:
        page = httpx.get(url, trust_env=False)
    assert page.status_code == 200
    assert "make setup" in page.text
    assert "コンソール" in page.text
