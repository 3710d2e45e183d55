"""Make a wheel of the Python package, the binary and everything they link.

The libraries get names of their own (`libarrow-3f2a91c0.so.2600`) and find each other by relative
paths, so that they never meet another Arrow, DuckDB or OpenSSL of the process. What every Linux has
(the C and C++ run-time libraries) stays outside.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "python/pyproject.toml").read_text())["project"]
TAG = f"cp{sys.version_info.major}{sys.version_info.minor}"
# The C and C++ run-time libraries of the system, at least those of Debian 12.
SYSTEM = re.compile(
    r"(linux-vdso|ld-linux.*|libc|libm|libdl|librt|libpthread|libresolv|libstdc\+\+|libgcc_s)\.so.*"
)
# Before this no zip archive can date a file; a fixed date gives the same bytes for the same files.
DATE = (1980, 1, 1, 0, 0, 0)


class PackageError(Exception):
    """What failed, in one line."""


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise PackageError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def linked(file: Path) -> dict[str, Path]:
    """The libraries that `file` needs, directly or not, by SONAME; without the system's."""
    found = {}
    for line in run("ldd", file).splitlines():
        match = re.match(r"\s*(\S+) => (\S+) \(0x", line)
        if match and not SYSTEM.fullmatch(match[1]):
            found[match[1]] = Path(match[2])
        elif "not found" in line:
            raise PackageError(f"{file.name} needs {line.split()[0]}, which is not there")
    return found


def own_name(soname: str, file: Path) -> str:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:8]
    stem, dot, rest = soname.partition(".so")
    return f"{stem}-{digest}{dot}{rest}"


def needed(file: Path) -> list[str]:
    return run("patchelf", "--print-needed", file).split()


def adopt(file: Path, names: dict[str, str], rpath: str) -> None:
    """Point `file` to the bundled libraries."""
    run("strip", "--strip-unneeded", file)
    # One change a call: patchelf writes a broken file when it makes several at once.
    run("patchelf", "--force-rpath", "--set-rpath", rpath, file)
    for name in needed(file):
        if name in names:
            run("patchelf", "--replace-needed", name, names[name], file)


def lay_out(build: Path, folder: Path) -> None:
    """Lay out the package below `folder` as it is installed."""
    package = folder / "neuralake"
    shutil.copytree(
        ROOT / "python/neuralake", package, ignore=shutil.ignore_patterns("__pycache__", "*.so")
    )
    [module] = (build / "python/neuralake").glob("_native*.so")
    program = package / "bin/neuralake"
    libraries = package / "lib"
    program.parent.mkdir()
    libraries.mkdir()
    shutil.copy2(build / "bin/neuralake", program)
    shutil.copy2(module, package)
    found = {**linked(build / "bin/neuralake"), **linked(module)}
    names = {soname: own_name(soname, path) for soname, path in found.items()}
    for soname, path in found.items():
        bundled = libraries / names[soname]
        shutil.copyfile(path.resolve(), bundled)
        bundled.chmod(0o755)
        adopt(bundled, names, "$ORIGIN")
        run("patchelf", "--set-soname", names[soname], bundled)
    adopt(program, names, "$ORIGIN/../lib")
    adopt(package / module.name, names, "$ORIGIN/lib")


def metadata() -> str:
    lines = [
        "Metadata-Version: 2.3",
        f"Name: {PROJECT['name']}",
        f"Version: {PROJECT['version']}",
        f"Summary: {PROJECT['description']}",
        f"License-Expression: {PROJECT['license']}",
        f"Requires-Python: >={sys.version_info.major}.{sys.version_info.minor}",
        *(f"Requires-Dist: {one}" for one in PROJECT["dependencies"]),
    ]
    for extra, packages in PROJECT["optional-dependencies"].items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {one} ; extra == "{extra}"' for one in packages]
    readme = (ROOT / "python/README.md").read_text()
    return "\n".join([*lines, "Description-Content-Type: text/markdown", "", readme])


def wheel_tag() -> str:
    return f"{TAG}-{TAG}-linux_x86_64"


def information() -> dict[str, str]:
    folder = f"{PROJECT['name']}-{PROJECT['version']}.dist-info"
    return {
        f"{folder}/METADATA": metadata(),
        f"{folder}/WHEEL": "Wheel-Version: 1.0\nGenerator: neuralake\nRoot-Is-Purelib: false\n"
        f"Tag: {wheel_tag()}\n",
        f"{folder}/entry_points.txt": "[console_scripts]\nneuralake = neuralake.program:main\n",
        f"{folder}/licenses/LICENSE": (ROOT / "LICENSE").read_text(),
    }


def write_wheel(folder: Path, output: Path) -> Path:
    output.mkdir(parents=True, exist_ok=True)
    wheel = output / f"{PROJECT['name']}-{PROJECT['version']}-{wheel_tag()}.whl"
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:

        def add(name: str, data: bytes, executable: bool) -> None:
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # The kind of file too: without it pip leaves the permissions out.
            entry.external_attr = (stat.S_IFREG | (0o755 if executable else 0o644)) << 16
            archive.writestr(entry, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}")

        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            executable = path.stat().st_mode & 0o100 != 0
            add(str(path.relative_to(folder)), path.read_bytes(), executable)
        for name, text in information().items():
            add(name, text.encode(), executable=False)
        record_name = f"{PROJECT['name']}-{PROJECT['version']}.dist-info/RECORD"
        text = "\n".join([*record, f"{record_name},,"]) + "\n"
        archive.writestr(zipfile.ZipInfo(record_name, DATE), text)
    return wheel


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="a finished build")
    parser.add_argument("--output", type=Path, required=True, help="the folder of the wheel")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            lay_out(arguments.build.resolve(), Path(folder))
            wheel = write_wheel(Path(folder), arguments.output)
    except PackageError as error:
        print(f"package: {error}", file=sys.stderr)
        return 1
    print(f"{wheel} ({wheel.stat().st_size >> 20} MiB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
