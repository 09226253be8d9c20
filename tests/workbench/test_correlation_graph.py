from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hinomi.schema.activity import FIELDS, FieldType
from hinomi.schema.profile import Graph, GraphType
from hinomi.workbench.correlation_graph import FACTS, MAX_NODES, GraphEvent, build_graph, graph_facts
from tests.make_workbench import activity


def event(uuid: str = "u", **fields: Any) -> GraphEvent:
    return GraphEvent(uuid, "hive_saved", "guid-of-pc-1", "PC-1", ("corp\\taro",), graph_facts(activity(**fields)))


def paths(graph: Graph) -> set[tuple[str, str, str]]:
    labels = {node.id: node.label for node in graph.nodes}
    return {(labels[edge.source], edge.label, labels[edge.target]) for edge in graph.edges}


def test_host_explorer_cmd_and_command_lines() -> None:
    echo = 'cmd.exe /c echo "reg.exe save hklm\\sam C:\\t\\t.hive"'
    graph = build_graph([event(processCmd="cmd.exe /c demo.bat", objectName="cmd.exe", objectCmd=echo)])
    assert paths(graph) == {
        ("corp\\taro", "acted-on", "PC-1"),
        ("PC-1", "ran", "Explorer.EXE"),
        ("Explorer.EXE", "started", "cmd.exe"),
        ("cmd.exe", "started", "cmd.exe"),
        ("cmd.exe", "command-line", "cmd.exe /c demo.bat"),
        ("cmd.exe", "command-line", echo),
    }
    assert [node.type for node in graph.nodes if node.label == "PC-1"] == [GraphType.HOST]


def test_one_process_in_two_events_is_one_node_that_knows_both() -> None:
    graph = build_graph([event("a"), event("b", objectProcessHashId=1003, objectName="net.exe", objectCmd="net user")])
    [shell] = [node for node in graph.nodes if node.label == "cmd.exe" and node.type is GraphType.PROCESS]
    assert (shell.uuids, shell.filters) == (("a", "b"), ("hive_saved",))


def test_the_same_program_twice_is_two_processes() -> None:
    graph = build_graph([event("a"), event("b", objectProcessHashId=1003)])
    assert len([node for node in graph.nodes if node.label == "reg.exe"]) == 2


def test_files_registry_addresses_pipes_and_services() -> None:
    common = {"objectProcessHashId": None, "objectCmd": None, "objectName": None, "objectFilePath": None}
    graph = build_graph(
        [
            event("a", eventId=2, **{**common, "objectFilePath": "C:\\t\\s.hive"}),
            event("b", eventId=5, **common, objectRegistryKeyHandle="HKLM\\Run", objectRegistryValue="x"),
            event("c", eventId=3, **common, src="192.0.2.1", dst="198.51.100.7"),
            event("d", eventId=17, **common, objectPipeName="\\evil"),
            event("e", eventId=4, **common, hostName="example.test"),
            event("f", eventId=10, **common, eventDataServiceName="evilsvc"),
        ]
    )
    kinds = {node.label: node.type for node in graph.nodes}
    assert kinds | {
        "s.hive": GraphType.FILE, "HKLM\\Run": GraphType.REGISTRY, "198.51.100.7": GraphType.ADDRESS,
        "\\evil": GraphType.PIPE, "example.test": GraphType.DOMAIN, "evilsvc": GraphType.SERVICE,
    } == kinds  # fmt: skip


def test_the_same_file_of_two_machines_is_two_files() -> None:
    facts = graph_facts(
        {"eventId": 2, "processName": "a.exe", "processFilePath": "C:\\a.exe", "objectFilePath": "C:\\x"}
    )
    graph = build_graph(GraphEvent(guid, "f", guid, guid, (), facts) for guid in ("one", "two"))
    assert len([node for node in graph.nodes if node.type is GraphType.FILE]) == 2


def test_the_graph_is_bounded_and_whole() -> None:
    graph = build_graph(
        event(str(number), objectProcessHashId=number, objectCmd=f"x {number}") for number in range(2000)
    )
    assert len(graph.nodes) <= MAX_NODES
    _check_whole(graph)


def _check_whole(graph: Graph) -> None:
    ids = [node.id for node in graph.nodes]
    assert len(ids) == len(set(ids))
    assert all(edge.source in ids and edge.target in ids and edge.source != edge.target for edge in graph.edges)


_texts = st.one_of(st.none(), st.text(max_size=12), st.lists(st.text(max_size=3), max_size=2))
_facts = st.fixed_dictionaries(
    {},
    optional={name: st.integers(0, 20) if FIELDS[name] is FieldType.INTEGER else _texts for name in FACTS},
)


@given(st.lists(_facts, max_size=5))
def test_any_facts_give_a_whole_graph(told: list[dict[str, Any]]) -> None:
    _check_whole(build_graph(GraphEvent("u", "f", "g", "", ("a",), graph_facts(fields)) for fields in told))
