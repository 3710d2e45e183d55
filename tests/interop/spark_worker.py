"""A Spark session with Delta that answers SQL from standard input, a JSON line each.

`{"sql": "…"}` is answered by `{"columns": […], "rows": [[…]]}` or `{"error": "…"}`; values that
JSON does not have come as the texts that `values.py` makes of them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession
from values import canonical


def session(jars: Path, warehouse: str) -> SparkSession:
    chosen = [str(p) for name in ("delta-*.jar", "unitycatalog-*.jar") for p in jars.glob(name)]
    settings = {
        "spark.jars": ",".join(chosen),
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "700m",
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.shuffle.partitions": "2",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.warehouse.dir": warehouse,
        "spark.log.level": "OFF",
    }
    builder = SparkSession.builder.master("local[2]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def main() -> None:
    spark = session(Path(sys.argv[1]), sys.argv[2])
    answers = sys.stdout
    print(json.dumps({"ready": spark.version}), file=answers, flush=True)
    for line in sys.stdin:
        try:
            frame = spark.sql(json.loads(line)["sql"])
            rows = [[canonical(value) for value in row] for row in frame.collect()]
            answer = {"columns": frame.columns, "rows": rows}
        except Exception as error:  # what Spark refuses is an answer too
            answer = {"error": str(error).splitlines()[0]}
        print(json.dumps(answer), file=answers, flush=True)


main()
