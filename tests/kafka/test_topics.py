"""Topics of a real broker become tables, each message once."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import count
import pytest
from conftest import Broker
from processes import Process
from producer import Producer
from project import make, socket_of
from push import Connection

KAFKA = """\
[[kafka]]
brokers = "{brokers}"
topic = "{topic}"
table = "lake.events"
properties = {{ "topic.metadata.refresh.interval.ms" = "500" }}
"""


def project_for(broker: Broker, folder: Path, topic: str) -> Path:
    return make(folder / "project", KAFKA.format(brokers=broker.address, topic=topic))


def event(client: int, number: int) -> bytes:
    return json.dumps({"client": client, "number": number}).encode()


def until(condition: Callable[[], bool], process: Process, limit_s: float = 60.0) -> None:
    """Wait for `condition`; the process's last words when it does not come."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, process.said()
        time.sleep(0.1)


def rows(project: Path) -> Counter:
    if not (project / f"data/events/_delta_log/{0:020}.json").exists():
        return Counter()
    return Counter(count.by_deltalake(project / "data/events", ["client", "number"]))


def letters(project: Path) -> list[tuple]:
    return sorted(
        count.by_deltalake(project / "data/events__dead_letters", ["source", "position", "payload"])
    )


@pytest.fixture
def topic(request: pytest.FixtureRequest) -> str:
    return request.node.name.replace("_", "-")


@pytest.fixture
def producer(broker: Broker) -> Iterator[Producer]:
    made = Producer(broker.address)
    yield made
    made.close()


def test_messages_of_all_partitions_become_rows(
    broker: Broker, producer: Producer, topic: str, tmp_path: Path
) -> None:
    broker.topic(topic, 2)
    project = project_for(broker, tmp_path, topic)
    process = Process("ingest", project)
    assert process.wait_ready()
    for number in range(100):
        producer.put(topic, number % 2, event(number % 2, number))
    producer.put(topic, 0, b"[" + event(7, 1) + b"," + event(7, 2) + b"]")  # an array
    producer.put(topic, 1, event(8, 1) + b"\n" + event(8, 2) + b"\n")  # one a line
    producer.put(topic, 1, None)  # a tombstone
    producer.flush()
    expected = {(n % 2, n) for n in range(100)} | {(7, 1), (7, 2), (8, 1), (8, 2)}
    until(lambda: set(rows(project)) == expected, process)
    assert set(rows(project).values()) == {1}
    with_lag = Connection(socket_of(project)).metrics()
    assert f'neuralake_ingest_kafka_lag_messages{{partition="0",topic="{topic}"}} 0' in with_lag
    assert process.stop() == 0


def test_what_does_not_fit_is_a_dead_letter_with_its_place(
    broker: Broker, producer: Producer, topic: str, tmp_path: Path
) -> None:
    broker.topic(topic, 1)
    producer.put(topic, 0, event(1, 1))
    producer.put(topic, 0, b"nonsense")
    producer.put(topic, 0, event(1, 2) + b'\n{"client": "x", "number": 3}\n' + event(1, 4))
    producer.flush()
    project = project_for(broker, tmp_path, topic)
    process = Process("ingest", project)
    until(lambda: set(rows(project)) == {(1, 1), (1, 2), (1, 4)}, process)
    assert letters(project) == [
        (f"kafka:{topic}", "0:1:0", "nonsense"),
        (f"kafka:{topic}", "0:2:1", '{"client": "x", "number": 3}'),
    ]
    assert process.stop() == 0


def test_each_message_is_there_once_when_ingest_is_killed_again_and_again(
    broker: Broker, producer: Producer, topic: str, tmp_path: Path
) -> None:
    broker.topic(topic, 2)
    project = project_for(broker, tmp_path, topic)
    number = 0
    steps = [
        "ingest.after_kafka_poll:2",
        "ingest.before_flush:2",
        "ingest.after_data_write:2",
        "ingest.before_commit:2",
        "commit.before_put:2",
        "commit.after_put:2",
        "ingest.after_commit:2",
    ]
    for step in steps:
        process = Process("ingest", project, step)
        process.wait_ready()
        deadline = time.monotonic() + 30
        while process.child.poll() is None:
            assert time.monotonic() < deadline, f"{step} was not reached: {process.said()}"
            for _ in range(50):
                producer.put(topic, number % 2, event(number % 2, number))
                number += 1
            producer.flush()
            process.ends_within(0.05)
        assert process.was_killed, process.said()
    process = Process("ingest", project)
    expected = {(n % 2, n) for n in range(number)}
    until(lambda: set(rows(project)) == expected, process)
    assert count.check(project, expected, set()) == []
    assert process.stop() == 0


def test_goes_on_when_the_broker_was_killed_and_is_back(
    broker: Broker, topic: str, tmp_path: Path
) -> None:
    broker.topic(topic, 1)
    project = project_for(broker, tmp_path, topic)
    process = Process("ingest", project)
    before = Producer(broker.address)
    before.put(topic, 0, event(1, 1))
    before.flush()
    before.close()
    until(lambda: set(rows(project)) == {(1, 1)}, process)
    broker.kill()
    until(lambda: f"topic {topic} waits" in process.said(), process)
    broker.start()
    after = Producer(broker.address)
    after.put(topic, 0, event(1, 2))
    after.flush()
    after.close()
    until(lambda: set(rows(project)) == {(1, 1), (1, 2)}, process)
    assert set(rows(project).values()) == {1}
    assert process.stop() == 0


def test_waits_for_a_topic_that_is_missing_and_says_so(
    broker: Broker, producer: Producer, topic: str, tmp_path: Path
) -> None:
    project = project_for(broker, tmp_path, topic)
    process = Process("ingest", project)
    until(lambda: f"topic {topic} waits: not_found" in process.said(), process)
    # Looking for it has not made it.
    broker.topic(topic, 1)
    producer.put(topic, 0, event(1, 1))
    producer.flush()
    until(lambda: set(rows(project)) == {(1, 1)}, process)
    assert process.said().count("waits: not_found") == 1
    assert process.stop() == 0


def test_new_partitions_are_read(
    broker: Broker, producer: Producer, topic: str, tmp_path: Path
) -> None:
    broker.topic(topic, 1)
    project = project_for(broker, tmp_path, topic)
    process = Process("ingest", project)
    producer.put(topic, 0, event(0, 1))
    producer.flush()
    until(lambda: set(rows(project)) == {(0, 1)}, process)
    broker.topic(topic, 3, alter=True)
    later = Producer(broker.address)
    later.put(topic, 2, event(2, 1))
    later.flush()
    later.close()
    until(lambda: set(rows(project)) == {(0, 1), (2, 1)}, process)
    assert set(rows(project).values()) == {1}
    assert process.stop() == 0


def test_only_messages_of_committed_transactions_become_rows(
    broker: Broker, topic: str, tmp_path: Path
) -> None:
    broker.topic(topic, 1)
    project = project_for(broker, tmp_path, topic)
    process = Process("ingest", project)
    sender = Producer(broker.address, transactional_id=topic)
    for number, outcome in enumerate([sender.commit, sender.abort, sender.commit]):
        sender.begin()
        sender.put(topic, 0, event(1, number))
        outcome()
    sender.close()
    # Each transaction leaves a marker: the offsets have gaps.
    until(lambda: set(rows(project)) == {(1, 0), (1, 2)}, process)
    assert set(rows(project).values()) == {1}
    assert process.stop() == 0
