#!/usr/bin/env python3
"""Turns src/objects/schemas/KIND.json into one C++ file of constants (see objects/schema.h)."""
import json
import pathlib
import sys

source, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
rows = []
for file in sorted(source.glob("*.json"), key=lambda f: f.stem):
    text = json.dumps(json.loads(file.read_text(encoding="utf-8")), ensure_ascii=False, separators=(",", ":"))
    if ")schema\"" in text:
        sys.exit(f"{file.name}: holds the end of a raw string")
    pieces = [text[i:i + 12000] for i in range(0, len(text), 12000)]
    rows.append(f'    {{"{file.stem}", ' + " ".join(f'R"schema({piece})schema"' for piece in pieces) + "},")
target.write_text("\n".join([
    '#include "objects/schema_table.h"', "", "namespace windlass::objects {", "namespace {",
    "constexpr SchemaText kSchemas[] = {", *rows, "};", "}  // namespace", "",
    "std::span<const SchemaText> schema_texts() { return kSchemas; }", "", "}  // namespace windlass::objects", ""]),
    encoding="utf-8")
