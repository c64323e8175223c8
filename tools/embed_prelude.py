#!/usr/bin/env python3
"""Turns src/prelude/**/*.groovy into one C++ file of constants (see src/prelude/prelude_table.h)."""
import hashlib
import pathlib
import sys


def quote(line):
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("??", "?\\?") + '\\n"'


source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
rows = []
total = hashlib.sha256()
for file in sorted(source.rglob("*.groovy"), key=lambda f: f.relative_to(source).as_posix()):
    name = file.relative_to(source).as_posix()
    text = file.read_text(encoding="utf-8")
    if "\r" in text or not text.endswith("\n"):
        sys.exit(f"{name}: lines must end with a newline, the last one too")
    digest = hashlib.sha256(text.encode()).hexdigest()
    total.update(f"{name}\0{digest}\n".encode())
    lines = "\n        ".join(quote(line) for line in text.split("\n")[:-1])
    rows.append(f'    {{"{name}"sv,\n        {lines}sv,\n        "{digest}"sv}},')
target.write_text("\n".join(
    ['#include "prelude/prelude_table.h"', "", "namespace windlass::prelude {", "namespace {",
     "using namespace std::string_view_literals;", "constexpr PreludeFile kFiles[] = {", *rows, "};",
     "}  // namespace", "", "std::span<const PreludeFile> prelude_table() { return kFiles; }",
     f'std::string_view prelude_table_hash() {{ return "{total.hexdigest()}"sv; }}',
     "}  // namespace windlass::prelude", ""]), encoding="utf-8")
