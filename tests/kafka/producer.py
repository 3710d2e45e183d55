"""A Kafka producer for tests: librdkafka itself, which the binary links already."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable

COPY = 2  # RD_KAFKA_MSG_F_COPY
TEXT = 512


class ProducerError(Exception):
    """What librdkafka said."""


class Producer:
    """Puts messages into chosen partitions; transactional when it has a name for it."""

    def __init__(self, brokers: str, transactional_id: str = "") -> None:
        self.lib = ctypes.CDLL(ctypes.util.find_library("rdkafka") or "librdkafka.so.1")
        pointers = (
            "rd_kafka_conf_new rd_kafka_new rd_kafka_topic_new rd_kafka_begin_transaction "
            "rd_kafka_commit_transaction rd_kafka_abort_transaction rd_kafka_init_transactions "
            "rd_kafka_queue_new rd_kafka_queue_poll "
            "rd_kafka_NewTopic_new rd_kafka_NewPartitions_new"
        )
        for name in pointers.split():
            getattr(self.lib, name).restype = ctypes.c_void_p
        self.lib.rd_kafka_error_string.restype = ctypes.c_char_p
        self.why = ctypes.create_string_buffer(TEXT)
        conf = ctypes.c_void_p(self.lib.rd_kafka_conf_new())
        properties = {"bootstrap.servers": brokers, "linger.ms": "1", "log_level": "0"}
        if transactional_id:
            properties["transactional.id"] = transactional_id
        for name, value in properties.items():
            self.lib.rd_kafka_conf_set(conf, name.encode(), value.encode(), self.why, TEXT)
        self.handle = ctypes.c_void_p(self.lib.rd_kafka_new(0, conf, self.why, TEXT))
        if not self.handle:
            raise ProducerError(self.why.value.decode())
        self.topics: dict[str, ctypes.c_void_p] = {}
        if transactional_id:
            self.check(self.lib.rd_kafka_init_transactions(self.handle, 20_000))

    def check(self, error: int | None) -> None:
        if error:
            raise ProducerError(self.lib.rd_kafka_error_string(ctypes.c_void_p(error)).decode())

    def create(self, topic: str, partitions: int) -> None:
        made = self.lib.rd_kafka_NewTopic_new(topic.encode(), partitions, 1, self.why, TEXT)
        self.ask(self.lib.rd_kafka_CreateTopics, made)

    def grow(self, topic: str, partitions: int) -> None:
        """Give a topic more partitions, so that it has this many."""
        made = self.lib.rd_kafka_NewPartitions_new(
            topic.encode(), ctypes.c_size_t(partitions), self.why, TEXT
        )
        self.ask(self.lib.rd_kafka_CreatePartitions, made)

    def ask(self, call: Callable[..., None], wanted: int) -> None:
        """Send one request of an administrator and wait for its answer."""
        queue = ctypes.c_void_p(self.lib.rd_kafka_queue_new(self.handle))
        list_of_one = (ctypes.c_void_p * 1)(wanted)
        call(self.handle, list_of_one, ctypes.c_size_t(1), None, queue)
        event = ctypes.c_void_p(self.lib.rd_kafka_queue_poll(queue, 20_000))
        if not event:
            raise ProducerError("no answer")
        if code := self.lib.rd_kafka_event_error(event):
            raise ProducerError(f"error {code}")

    def put(self, topic: str, partition: int, payload: bytes | None) -> None:
        if topic not in self.topics:
            named = self.lib.rd_kafka_topic_new(self.handle, topic.encode(), None)
            self.topics[topic] = ctypes.c_void_p(named)
        size = len(payload or b"")
        if self.lib.rd_kafka_produce(
            self.topics[topic],
            partition,
            COPY,
            payload,
            ctypes.c_size_t(size),
            None if payload is not None else b"key",
            ctypes.c_size_t(0 if payload is not None else 3),
            None,
        ):
            raise ProducerError("the message was not taken")

    def flush(self) -> None:
        """Wait until the broker has all of them."""
        if self.lib.rd_kafka_flush(self.handle, 30_000):
            raise ProducerError("messages are left")

    def begin(self) -> None:
        self.check(self.lib.rd_kafka_begin_transaction(self.handle))

    def commit(self) -> None:
        self.check(self.lib.rd_kafka_commit_transaction(self.handle, 20_000))

    def abort(self) -> None:
        self.flush()
        self.check(self.lib.rd_kafka_abort_transaction(self.handle, 20_000))

    def close(self) -> None:
        for topic in self.topics.values():
            self.lib.rd_kafka_topic_destroy(topic)
        self.lib.rd_kafka_destroy(self.handle)
