"""Apache Kafka: one broker in KRaft mode, tuned to start fast, also after a kill."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from services.server import Server, ServiceError, tool

# Any fixed one does; a random one may begin with a dash, which reads as an option.
CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg"
JAVA = ["java", "-Xms64m", "-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=true
num.partitions=1
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = STDOUT
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = WARN
rootLogger.appenderRef.stdout.ref = STDOUT
"""


class Kafka(Server):
    """`KAFKA_BROKERS` tells where it is."""

    name = "kafka"
    ready_timeout_s = 60.0

    def prepare(self, folder: Path, port: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            controller = int(probe.getsockname()[1])
        data = folder / "data"
        properties = folder / "server.properties"
        properties.write_text(PROPERTIES.format(port=port, controller=controller, data=data))
        (folder / "log4j2.properties").write_text(LOGGING)
        if (data / "meta.properties").exists():
            return
        form = ["kafka.tools.StorageTool", "format", "--config", str(properties)]
        done = subprocess.run(
            [*self.java(folder), *form, "--cluster-id", CLUSTER_ID], capture_output=True, text=True
        )
        if done.returncode != 0:
            raise ServiceError(f"kafka: cannot format {data}: {done.stdout}{done.stderr}")

    def java(self, folder: Path) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}"
        return [*JAVA, logging, "-cp", f"{tool('kafka')}/*"]

    def command(self, folder: Path, port: int) -> list[str]:
        return [*self.java(folder), "kafka.Kafka", str(folder / "server.properties")]

    def ready(self, port: int) -> bool:
        if not super().ready(port):
            return False
        # It takes connections before it can answer them.
        asked = ["kcat", "-b", f"127.0.0.1:{port}", "-L", "-m", "2"]
        return subprocess.run(asked, capture_output=True).returncode == 0

    def client_env(self, port: int) -> dict[str, str]:
        return {"KAFKA_BROKERS": f"127.0.0.1:{port}"}
