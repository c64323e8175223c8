#!/usr/bin/env python3
"""Turns src/catalog/steps/*.json and symbols.json into one C++ file of constants (see catalog_table.h)."""
import json
import pathlib
import sys

KINDS = ("pure", "read", "own", "task", "keyed", "once", "prelude")
TYPES = {"string": "string", "boolean": "boolean", "int": "integer", "long": "long_integer", "float": "real",
         "list": "list", "map": "map", "closure": "closure", "object": "object", "any": "any", "enum": "enumeration"}
STEP_KEYS = {"name", "kind", "block", "announce", "needs", "parameters", "positional", "rest", "label_parameter",
             "returns", "help", "see"}


def quote(text):
    out = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("??", "?\\?")
    return f'"{out}"sv'


def text_of(value):
    return f"{{{quote(value['en'])}, {quote(value['zh'])}}}"


def fail(where, what):
    sys.exit(f"{where}: {what}")


def default_of(where, parameter):
    if "default" not in parameter:
        return "{}"
    value = parameter["default"]
    if isinstance(value, bool):
        return f"{{.kind = DefaultKind::boolean, .boolean = {str(value).lower()}}}"
    if isinstance(value, int):
        return f"{{.kind = DefaultKind::integer, .integer = {value}}}"
    if isinstance(value, float):
        return f"{{.kind = DefaultKind::real, .real = {value}}}"
    if isinstance(value, str):
        return f"{{.kind = DefaultKind::text, .text = {quote(value)}}}"
    fail(where, f"the default of {parameter['name']} must be text, a number or a boolean")


def parameters_of(where, parameters):
    rows = []
    for p in parameters:
        kind, _, choices = p["type"].partition(":")
        if kind not in TYPES:
            fail(where, f"parameter {p['name']} has the unknown type {kind}")
        help_text = text_of(p["help"]) if "help" in p else "{}"
        rows.append(f"{{{quote(p['name'])}, ParameterType::{TYPES[kind]}, {str(p['required']).lower()}, "
                    f"{quote(choices)}, {default_of(where, p)}, {help_text}}}")
    return rows


def main(source, target):
    out = ['#include "catalog/catalog_table.h"', "", "namespace windlass::catalog {", "namespace {",
           "using namespace std::string_view_literals;", ""]

    def array(kind, name, rows):
        if not rows:
            return "{}"
        out.append(f"constexpr {kind} {name}[] = {{")
        out.extend(f"    {row}," for row in rows)
        out.append("};")
        return name

    steps = []
    for file in sorted((source / "steps").glob("*.json"), key=lambda f: f.stem.encode()):
        step = json.loads(file.read_text(encoding="utf-8"))
        where = f"{file.name}"
        if step["name"] != file.stem:
            fail(where, f"is named {step['name']} inside")
        if set(step) - STEP_KEYS:
            fail(where, f"unknown fields {sorted(set(step) - STEP_KEYS)}")
        if step["kind"] not in KINDS:
            fail(where, f"unknown kind {step['kind']}")
        if set(step["needs"]) - {"node"}:
            fail(where, "needs may only hold node")
        names = [p["name"] for p in step["parameters"]]
        for key in ("positional", "rest", "label_parameter"):
            if key in step and step[key] not in names:
                fail(where, f"{key} names {step[key]}, which is no parameter")
        number = len(steps)
        parameters = array("Parameter", f"kParameters{number}", parameters_of(where, step["parameters"]))
        see = array("std::string_view", f"kSee{number}", [quote(s) for s in step.get("see", [])])
        returns = step["returns"]
        steps.append(
            f"{{{quote(step['name'])}, StepKind::{step['kind']}, {str(step['block']).lower()}, "
            f"{str(step.get('announce', True)).lower()}, {str('node' in step['needs']).lower()}, {parameters}, "
            f"{quote(step.get('positional', ''))}, {quote(step.get('rest', ''))}, "
            f"{quote(step.get('label_parameter', ''))}, {quote(returns['type'])}, {text_of(returns)}, "
            f"{text_of(step['help'])}, {see}}}")
    symbols = []
    names = []
    for number, symbol in enumerate(json.loads((source / "symbols.json").read_text(encoding="utf-8"))):
        where = f"symbols.json entry {number}"
        if not symbol["symbols"] and not symbol["classes"]:
            fail(where, "has neither a symbol nor a class")
        fields = array("Parameter", f"kFields{number}", parameters_of(where, symbol["fields"]))
        own = array("std::string_view", f"kSymbols{number}", [quote(s) for s in symbol["symbols"]])
        classes = array("std::string_view", f"kClasses{number}", [quote(s) for s in symbol["classes"]])
        symbols.append(f"{{{own}, {classes}, {quote(symbol['context'])}, {quote(symbol.get('positional', ''))}, {fields}}}")
        for name in dict.fromkeys(symbol["symbols"] + symbol["classes"]):
            names.append((name.encode(), number, f"{{{quote(name)}, {number}}}"))
    step_table = array("StepDescription", "kSteps", steps)
    symbol_table = array("SymbolDescription", "kSymbolTable", symbols)
    name_table = array("SymbolName", "kSymbolNames", [row for _, _, row in sorted(names)])
    out += ["", "}  // namespace", "", f"std::span<const StepDescription> step_table() {{ return {step_table}; }}",
            f"std::span<const SymbolDescription> symbol_table() {{ return {symbol_table}; }}",
            f"std::span<const SymbolName> symbol_names() {{ return {name_table}; }}", "",
            "}  // namespace windlass::catalog", ""]
    pathlib.Path(target).write_text("\n".join(out), encoding="utf-8")


main(pathlib.Path(sys.argv[1]), sys.argv[2])
