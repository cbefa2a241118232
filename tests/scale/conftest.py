"""Two worker processes, and a stand-in for S3."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from object_storage import KEY_ID, SECRET, ObjectStorage


@pytest.fixture(scope="session")
def storage() -> Iterator[ObjectStorage]:
    stand_in = ObjectStorage()
    said = {
        "AWS_ENDPOINT_URL": stand_in.address, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET,
    }  # fmt: skip
    before = {name: os.environ.get(name) for name in said}
    os.environ.update(said)
    yield stand_in
    for name, value in before.items():
        os.environ.pop(name)
        if value is not None:
            os.environ[name] = value
    stand_in.close()


@pytest.fixture
def bucket(storage: ObjectStorage, request: pytest.FixtureRequest) -> Any:
    """A bucket of this test's own, with `put`, `get`, `delete` and `names`."""
    import boto3
    from botocore.config import Config  # type: ignore[import-untyped]
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    # While it starts, the stand-in has been seen to answer 500 a few times.
    patient = Config(retries={"max_attempts": 10, "mode": "standard"})
    client = boto3.client("s3", endpoint_url=storage.address, region_name="us-east-1", config=patient)
    name = f"bucket-{abs(hash(request.node.name)):x}"
    client.create_bucket(Bucket=name)
    storage.faults.clear()
    storage.changes.clear()

    class Bucket:
        address = f"s3://{name}"

        def put(self, key: str, data: bytes, **headers: str) -> None:
            try:
                client.put_object(Bucket=name, Key=key, Body=data, **headers)
            except ClientError:
                # Seen once, and never again: it answered 500 for half a minute, without an error of its own.
                assert not storage.broken, storage.broken[-1]
                client.close()
                again = boto3.client("s3", endpoint_url=storage.address, region_name="us-east-1", config=patient)
                again.put_object(Bucket=name, Key=key, Body=data, **headers)

        def fill(self, folder: Path, prefix: str) -> None:
            for file in sorted(folder.rglob("*.*")):
                self.put(f"{prefix}/{file.relative_to(folder).as_posix()}", file.read_bytes())

        def get(self, key: str) -> bytes:
            body: bytes = client.get_object(Bucket=name, Key=key)["Body"].read()
            return body

        def delete(self, key: str) -> None:
            client.delete_object(Bucket=name, Key=key)

        def names(self, prefix: str = "") -> list[str]:
            return [one["Key"] for one in client.list_objects_v2(Bucket=name, Prefix=prefix).get("Contents", [])]

    return Bucket()


@pytest.fixture(scope="session")
def engine(storage: ObjectStorage) -> Iterator[str]:
    """The address of a scheduler with two worker processes. A file called `poison` ends the one that checks it."""
    import logging

    import dask
    from distributed import LocalCluster

    with dask.config.set({"distributed.scheduler.allowed-failures": 0, "logging.distributed": "critical"}):
        cluster = LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
            preload=[str(Path(__file__).parent / "poisoned.py")],
        )  # fmt: skip
        with cluster:
            yield cluster.scheduler_address.replace("tcp://", "dask://")


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAPTIONKIT_CACHE_DIR", str(tmp_path / ".cache"))
    return tmp_path
