import io
import zipfile

from hinomi.api.console.bundles import ImportedShape
from hinomi.operations.bundle import MAX_ZIP
from hinomi.schema.principal import Role
from tests.api.house import Running
from tests.api.test_envelope import told
from tests.operations.test_book import TOOL, USER
from tests.operations.test_bundle import zipped

API = "/console/api/content"


def test_a_bundle_comes_in_and_goes_out(worked: Running) -> None:
    person = worked.person()
    data = zipped(
        {"filters/bundled_tool.yml": TOOL, "models/bundled.yml": USER.replace("custom_tool_seen", "bundled_tool")}
    )
    dry = person.post(f"{API}/import", params={"dryRun": "true"}, content=data).json()
    ImportedShape.model_validate(dry)
    assert [(item["kind"], item["state"]) for item in dry["items"]] == [("filter", "new"), ("model", "new")]
    told(person.get("/console/api/filters/bundled_tool"), 404, "NotFound")

    person.post(f"{API}/import", content=data)
    assert person.get("/console/api/models/bundled").json()["enabled"] is True
    assert {item["state"] for item in person.post(f"{API}/import", content=data).json()["items"]} == {"same"}

    out = person.get(f"{API}/export", params={"ids": "bundled"})
    assert out.headers["content-type"] == "application/zip"
    assert "attachment" in out.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(out.content)) as archive:
        assert archive.read("filters/bundled_tool.yml").decode() == TOOL
    assert person.get(f"{API}/export", params={"all": "custom"}).status_code == 200


def test_what_is_no_bundle_is_refused(worked: Running) -> None:
    person = worked.person()
    told(person.post(f"{API}/import", content=b"no zip"), 400, "BadRequest")
    told(person.post(f"{API}/import", content=b"x" * (MAX_ZIP + 1)), 413, "RequestEntityTooLarge")
    told(person.get(f"{API}/export"), 400, "BadRequest")
    told(person.get(f"{API}/export", params={"ids": "none"}), 404, "NotFound")
    told(worked.key(Role.ANALYST).post(f"{API}/import", content=zipped({})), 403, "AccessDenied")
