"""The files for containers, read without an engine: do they parse, and do they agree with the rest?"""

import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = {"intake", "eligibility", "project-tracking", "kpi-aggregator"}


def documents(path):
    return [d for d in yaml.safe_load_all(path.read_text()) if d]


def compose():
    return documents(ROOT / "docker-compose.yml")[0]


def settings():
    """The settings that a service knows, from the README's table, which is its own --help=markdown."""
    return set(re.findall(r"^\| `(MOSAIC_[A-Z_]+)`", (ROOT / "README.md").read_text(), re.M))


def known(name):
    return name.removesuffix("_FILE") in settings()


def test_compose_runs_the_four_services_and_the_pinned_servers():
    services = compose()["services"]
    assert SERVICES <= set(services)
    pinned = re.search(r"<kafka.version>([\d.]+)<", (ROOT / "deploy/local/pom.xml").read_text()).group(1)
    assert services["kafka"]["image"] == f"apache/kafka:{pinned}"
    assert services["postgres"]["image"] == "postgres:15"


def test_compose_gives_each_service_only_settings_it_knows_and_its_own_secrets():
    document = compose()
    for name in SERVICES:
        service, role = document["services"][name], "mosaic_" + name.replace("-", "_")
        assert all(known(key) for key in service["environment"])
        assert sorted(service["secrets"]) == [f"{role}_owner", f"{role}_runtime"]
        assert set(service["secrets"]) <= set(document["secrets"])
        assert service["command"] == [name]


def test_every_secret_of_compose_is_made_by_the_script():
    script = (ROOT / "deploy/secrets.sh").read_text()
    for name in compose()["secrets"]:
        part = name.removeprefix("mosaic_").removesuffix("_owner").removesuffix("_runtime")
        assert part in script


def test_kubernetes_files_parse_and_deploy_each_service_with_probes():
    found = set()
    for path in sorted((ROOT / "deploy/kubernetes").glob("*.yaml")):
        for document in documents(path):
            assert {"apiVersion", "kind", "metadata"} <= set(document), path
            if document["kind"] != "Deployment":
                continue
            container = document["spec"]["template"]["spec"]["containers"][0]
            found.add(container["name"])
            assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
            assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
            assert all(known(variable["name"]) for variable in container["env"])
    assert found == SERVICES


def test_kubernetes_scales_by_groups_and_topics_that_exist():
    topics = {c["address"] for c in documents(ROOT / "schemas/asyncapi.json")[0]["channels"].values()}
    for document in documents(ROOT / "deploy/kubernetes/autoscale.yaml"):
        for trigger in document["spec"]["triggers"]:
            assert trigger["metadata"]["topic"] in topics
            service = document["metadata"]["name"]
            stage = trigger["metadata"]["consumerGroup"].removeprefix(f"mosaic.{service}.")
            sources = "".join(p.read_text() for p in (ROOT / "services" / service).glob("*.c"))
            assert re.search(rf'\.name = "{stage}"', sources), f"{service} has no stage {stage}"


def inputs_of_stages(text):
    """{stage: topics} from the rows of a source that name a stage and then its list of inputs."""
    lists = dict(re.findall(r"\*const (\w+)\[\] = \{([^}]*)\}", text))
    found = {}
    for name, inline, named in re.findall(r'\.name = "([\w-]+)",\s*\.inputs = (?:\([^{]*\{([^}]*)\}|(\w+))', text):
        found[name] = set(re.findall(r"&(TOPIC_\w+)", inline or lists[named]))
    return found


def test_mosaicctl_knows_the_inputs_of_every_stage():
    text = (ROOT / "tools/mosaicctl/stages.c").read_text()
    table = re.findall(r'\{"([\w-]+)",\s*"(\w+)",\s*"(\w+)",\s*TOPIC_LIST\(([^)]*)\)\}', text)
    told = {(service, stage): set(re.findall(r"&(TOPIC_\w+)", topics)) for service, _, stage, topics in table}
    read = {(service, stage): topics for service in SERVICES for path in (ROOT / "services" / service).glob("*.c")
            for stage, topics in inputs_of_stages(path.read_text()).items()}
    assert told == read and all(told.values())
    assert all(schema == service.replace("-", "_") for service, schema, _, _ in table)


def test_alerts_use_metrics_that_the_services_have():
    rules = (ROOT / "deploy/prometheus/alerts.yml").read_text()
    sources = "".join(p.read_text() for p in (ROOT / "common/io").glob("*.c"))
    names = set(re.findall(r"\bmosaic_[a-z_]+\b", rules))
    assert names
    for name in names:
        assert f'"{name}"' in sources or f"# HELP {name} " in sources, name
    assert all("expr" in rule for group in yaml.safe_load(rules)["groups"] for rule in group["rules"])


def test_the_image_installs_what_the_programs_link_with():
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    libraries = re.search(r"^IO_LIBS\s*:=(.*)$", (ROOT / "Makefile").read_text(), re.M).group(1)
    packages = {"-lrdkafka": "librdkafka", "-lpq": "libpq", "-luv": "libuv1", "-lmicrohttpd": "libmicrohttpd"}
    for library in libraries.split():
        if library in packages:
            assert dockerfile.count(packages[library]) == 2, library
