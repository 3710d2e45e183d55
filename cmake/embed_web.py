"""Build the page code and write it as C++: embed_web.py WEB_FOLDER NODE OUT.cc

Run by the build when something below `web/` changed; the bundles themselves are not kept.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

FILES = ("icon.svg", "site.css", "site.js", "theme.js")


def array(name: str, data: bytes) -> str:
    rows = (
        ",".join(str(byte) for byte in data[start : start + 30])
        for start in range(0, len(data), 30)
    )
    return f"constexpr unsigned char {name}[] = {{\n" + ",\n".join(rows) + "};\n"


def identifier(name: str) -> str:
    return "k" + "".join(part.title() for part in name.split("."))


def main() -> int:
    web, node, out = (Path(argument) for argument in sys.argv[1:4])
    if not (web / "node_modules").exists():
        print("web/node_modules is missing: run scripts/setup (or any make target) first")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([str(node), str(web / "build.ts"), folder], check=False)
        if done.returncode != 0:
            return done.returncode
        contents = {name: (Path(folder) / name).read_bytes() for name in FILES}
    text = ['#include "neuralake/site/assets.h"\n', "namespace neuralake::site {", "namespace {"]
    text += [array(identifier(name), data) for name, data in contents.items()]
    text.append("std::string_view View(const unsigned char* data, std::size_t size) {")
    text.append("  return {reinterpret_cast<const char*>(data), size};\n}\n}  // namespace\n")
    text.append("std::span<const BuiltAsset> BuiltAssets() {\n  static const BuiltAsset kAll[] = {")
    for name in contents:
        variable = identifier(name)
        text.append(f'      {{"assets/{name}", View({variable}, sizeof {variable})}},')
    text.append("  };\n  return kAll;\n}\n\n}  // namespace neuralake::site\n")
    out.write_text("\n".join(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
