#include "jenkinsfile/json_text.h"

#include <algorithm>
#include <array>

#include "data/json.h"
#include "jenkinsfile/tree_reading.h"

namespace windlass::jenkinsfile {

std::string quote_groovy(std::string_view text) {
  const bool lines = text.find('\n') != std::string_view::npos;
  std::string out = lines ? "'''" : "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') {
      out += '\\';
      out += c;
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t' && !lines) {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out + (lines ? "'''" : "'");
}

namespace {

/// A key of a map, or the name of a function: plain when it can be.
std::string bare_or_quoted(std::string_view name) {
  static constexpr std::array kWords = {"as",      "assert",  "break",   "case",   "catch", "class",      "continue",
                                        "def",     "default", "do",      "else",   "enum",  "extends",    "false",
                                        "finally", "for",     "if",      "import", "in",    "instanceof", "interface",
                                        "new",     "null",    "package", "return", "super", "switch",     "this",
                                        "throw",   "throws",  "trait",   "true",   "try",   "while"};
  if (is_environment_name(name) && std::ranges::find(kWords, name) == kWords.end()) return std::string(name);
  return quote_groovy(name);
}

bool is_value(const data::Value& json) { return json.is_map() && json.find("isLiteral") != nullptr; }

}  // namespace

std::string JsonText::name_of(const data::Value& json, std::string_view member, std::string_view what) {
  const auto* found = json.find(member);
  if (found == nullptr || !found->is_string() || found->text().empty()) {
    fail(std::string(what) + " needs a \"" + std::string(member) + "\"");
    return "unnamed";
  }
  return found->text();
}

std::string JsonText::value(const data::Value& json) {
  if (!is_value(json) || json.find("value") == nullptr) {
    fail("a value needs \"isLiteral\" and \"value\", found " + data::format_json(json).substr(0, 80));
    return "null";
  }
  const auto& inner = *json.find("value");
  if (json.find("isLiteral")->as_bool()) {
    if (inner.is_string()) return quote_groovy(inner.text());
    if (inner.is_list() || inner.has_members()) fail("a literal value must be a text, number, boolean or null");
    return data::format_json(inner);
  }
  const auto& text = inner.text();
  if (!inner.is_string() || text.empty()) fail("a value that is no literal must be Groovy text");
  if (text.starts_with("${") && text.ends_with("}")) return text.substr(2, text.size() - 3);
  return text;
}

std::string JsonText::block(std::string_view head, const data::Value& list, Role role, const std::string& indent) {
  if (!list.is_list()) fail(std::string(head) + " must be a list");
  std::string out = std::string(head) + " {\n";
  const auto inner = indent + unit_;
  for (const auto& item : list.items()) out += inner + part(role, item, inner) + "\n";
  return out + indent + "}";
}

std::string JsonText::members(std::string_view head, const data::Value& object, const std::string& indent) {
  if (!object.is_map()) fail(std::string(head) + " must be an object");
  // Written in the order in which people write them, whatever the order in the JSON.
  static constexpr std::array kOrder = {
      "agent",   "libraries", "options",    "parameters",  "triggers",           "environment",
      "tools",   "input",     "when",       "beforeAgent", "beforeInput",        "beforeOptions",
      "message", "id",        "ok",         "submitter",   "submitterParameter", "failFast",
      "axes",    "excludes",  "conditions", "stages",      "branches",           "parallel",
      "matrix",  "post"};
  std::string out = std::string(head) + " {\n";
  const auto inner = indent + unit_;
  for (const auto* name : kOrder) {
    const auto* found = object.find(name);
    if (found == nullptr || found->is_null()) continue;
    out += inner + member(name, *found, inner) + "\n";
  }
  for (const auto& [name, ignored] : object.members()) {
    const bool known = std::ranges::any_of(kOrder, [&](std::string_view each) { return each == name; });
    if (!known && name != "name") fail("unknown member \"" + name + "\"");
  }
  return out + indent + "}";
}

std::string JsonText::member(std::string_view name, const data::Value& json, const std::string& indent) {
  auto inner_list = [&](std::string_view key) -> const data::Value& {
    static const data::Value kNothing;
    const auto* found = json.find(key);
    if (found == nullptr) fail(std::string(name) + " needs \"" + std::string(key) + "\"");
    return found == nullptr ? kNothing : *found;
  };
  if (name == "agent") return agent(json, indent);
  if (name == "stages" || name == "parallel") return block(name, json, Role::stage, indent);
  if (name == "branches") return branches(json, indent);
  if (name == "environment") return block(name, json, Role::environment_entry, indent);
  if (name == "tools") return block(name, json, Role::tool, indent);
  if (name == "options" || name == "triggers" || name == "parameters")
    return block(name, inner_list(name), Role::call, indent);
  if (name == "libraries") return block(name, inner_list(name), Role::library, indent);
  if (name == "post") return block(name, inner_list("conditions"), Role::post_condition, indent);
  if (name == "when" || name == "input" || name == "matrix") return members(name, json, indent);
  if (name == "axes") return block(name, json, Role::axis, indent);
  if (name == "excludes") {
    std::string out = "excludes {\n";
    const auto inner = indent + unit_;
    for (const auto& exclude : json.items()) out += inner + block("exclude", exclude, Role::axis, inner) + "\n";
    return out + indent + "}";
  }
  if (name == "conditions") {
    std::string out;
    for (const auto& condition : json.items()) {
      if (!out.empty()) out += "\n" + indent;
      out += part(Role::condition, condition, indent);
    }
    return out;
  }
  if (json.kind() == data::Kind::boolean) return std::string(name) + (json.as_bool() ? " true" : " false");
  if (is_value(json)) return std::string(name) + " " + value(json);
  fail("unknown member \"" + std::string(name) + "\"");
  return {};
}

std::string JsonText::closure_map(std::string_view head, const data::Value& list, const std::string& indent) {
  std::string out = std::string(head) + " {\n";
  const auto inner = indent + unit_;
  for (const auto& entry : list.items()) {
    const auto key = bare_or_quoted(name_of(entry, "key", "an agent's argument"));
    const auto* found = entry.find("value");
    if (found == nullptr) {
      fail("an agent's argument needs a \"value\"");
      continue;
    }
    out += inner + (found->is_list() ? closure_map(key, *found, inner) : key + " " + value(*found)) + "\n";
  }
  return out + indent + "}";
}

std::string JsonText::agent(const data::Value& json, const std::string& indent) {
  const auto type = name_of(json, "type", "an agent");
  if (type == "any" || type == "none") return "agent " + type;
  const auto inner = indent + unit_;
  std::string out = "agent {\n" + inner;
  if (const auto* one = json.find("argument")) {
    out += bare_or_quoted(type) + " " + value(*one);
  } else if (const auto* many = json.find("arguments"); many != nullptr && many->is_list()) {
    out += closure_map(bare_or_quoted(type), *many, inner);
  } else {
    out += bare_or_quoted(type) + " {\n" + inner + "}";
  }
  return out + "\n" + indent + "}";
}

std::string JsonText::call(const data::Value& json) {
  std::string out = bare_or_quoted(name_of(json, "name", "a call")) + "(";
  const auto* arguments = json.find("arguments");
  if (arguments != nullptr && !arguments->is_list()) fail("arguments of a call must be a list");
  bool first = true;
  for (const auto& argument : arguments == nullptr ? data::Value::List{} : arguments->items()) {
    if (!first) out += ", ";
    first = false;
    const data::Value* given = &argument;
    if (const auto* key = argument.find("key")) {
      out += bare_or_quoted(key->text()) + ": ";
      given = argument.find("value");
    }
    if (given == nullptr) {
      fail("an argument needs a \"value\"");
    } else {
      out += is_value(*given) ? value(*given) : call(*given);
    }
  }
  return out + ")";
}

std::string JsonText::step_arguments(const data::Value& json, std::string_view sole, bool has_body, bool& bare) {
  bare = false;
  const auto* arguments = json.find("arguments");
  if (arguments == nullptr || arguments->size() == 0) return {};
  if (arguments->is_map()) {
    bare = !has_body;
    return value(*arguments);
  }
  std::string out;
  for (const auto& argument : arguments->items()) {
    if (!out.empty()) out += ", ";
    if (const auto* key = argument.find("key")) {
      const auto* given = argument.find("value");
      if (given == nullptr) {
        fail("an argument needs a \"value\"");
        continue;
      }
      if (key->text() == sole && arguments->size() == 1 && !has_body) {
        bare = true;
        return value(*given);
      }
      out += bare_or_quoted(key->text()) + ": " + value(*given);
    } else {
      out += value(argument);
    }
  }
  return out;
}

std::string JsonText::step(const data::Value& json, const std::string& indent, bool is_condition) {
  const auto name = name_of(json, "name", is_condition ? "a condition" : "a step");
  const auto inner = indent + unit_;
  if (name == "script" || name == "expression") {
    std::string code;
    if (const auto* arguments = json.find("arguments")) {
      const data::Value* given =
          arguments->is_list() && arguments->size() == 1 ? arguments->items()[0].find("value") : arguments;
      const auto* text = given == nullptr ? nullptr : given->find("value");
      if (text == nullptr) {
        fail("\"" + name + "\" needs its code as \"scriptBlock\"");
      } else {
        code = text->text();
      }
    }
    return name + " {\n" + (code.empty() ? "" : inner + code + "\n") + indent + "}";
  }
  const auto* children = json.find("children");
  std::string sole;
  const auto* signature = is_condition ? catalog_.find_symbol(SymbolKind::condition, name) : catalog_.find_step(name);
  if (signature != nullptr) {
    for (const auto& parameter : signature->parameters) {
      if (!parameter.required) continue;
      sole = sole.empty() ? parameter.name : " ";
    }
  }
  bool bare = false;
  const auto arguments = step_arguments(json, sole, children != nullptr, bare);
  std::string out = bare_or_quoted(name);
  // `echo [1]` would be a subscript and `sleep -1` a subtraction: only plain texts and numbers stand without
  // parentheses.
  const bool plain =
      bare && (arguments.starts_with('\'') || arguments.starts_with('"') ||
               std::ranges::all_of(arguments, [](char c) { return (c >= '0' && c <= '9') || c == '.'; }));
  if (children != nullptr) {
    if (!arguments.empty()) out += "(" + arguments + ")";
    return block(out, *children, is_condition ? Role::condition : Role::step, indent);
  }
  return plain ? out + " " + arguments : out + "(" + arguments + ")";
}

std::string JsonText::branches(const data::Value& json, const std::string& indent) {
  if (!json.is_list() || json.size() == 0) {
    fail("\"branches\" must be a list with at least one branch");
    return {};
  }
  if (json.size() == 1 && json.items()[0].find("steps") != nullptr) {
    return block("steps", *json.items()[0].find("steps"), Role::step, indent);
  }
  const auto inner = indent + unit_;
  const auto body = inner + unit_;
  std::string out = "steps {\n" + inner + "parallel(\n";
  bool first = true;
  for (const auto& branch : json.items()) {
    if (!first) out += ",\n";
    first = false;
    const auto* steps = branch.find("steps");
    if (steps == nullptr) {
      fail("a branch needs \"steps\"");
      continue;
    }
    out += body + block(quote_groovy(name_of(branch, "name", "a branch")) + ":", *steps, Role::step, body);
  }
  return out + "\n" + inner + ")\n" + indent + "}";
}

std::string JsonText::axis(const data::Value& json, const std::string& indent) {
  const auto inner = indent + unit_;
  std::string out = "axis {\n" + inner + "name " + quote_groovy(name_of(json, "name", "an axis")) + "\n" + inner;
  const auto* inverse = json.find("inverse");
  out += inverse != nullptr && inverse->as_bool() ? "notValues" : "values";
  const auto* values = json.find("values");
  if (values == nullptr || values->size() == 0) fail("an axis needs \"values\"");
  bool first = true;
  for (const auto& one : values == nullptr ? data::Value::List{} : values->items()) {
    out += (first ? " " : ", ") + value(one);
    first = false;
  }
  return out + "\n" + indent + "}";
}

std::string JsonText::part(Role role, const data::Value& json, const std::string& indent) {
  switch (role) {
    case Role::pipeline:
      return members("pipeline", json, indent);
    case Role::stage:
      return members("stage(" + quote_groovy(name_of(json, "name", "a stage")) + ")", json, indent);
    case Role::step:
      return step(json, indent, false);
    case Role::condition:
      return step(json, indent, true);
    case Role::call:
      return call(json);
    case Role::library:
      return "lib(" + value(json) + ")";
    case Role::value:
      return is_value(json) ? value(json) : call(json);
    case Role::name:
      return quote_groovy(json.text());
    case Role::code:
      return json.find("value") == nullptr ? std::string{} : json.find("value")->text();
    case Role::axis:
      return axis(json, indent);
    case Role::environment_entry:
    case Role::tool: {
      const auto key = name_of(json, "key", "an entry");
      const auto* given = json.find("value");
      if (given == nullptr) {
        fail("\"" + key + "\" needs a \"value\"");
        return {};
      }
      if (role == Role::tool) return bare_or_quoted(key) + " " + value(*given);
      return key + " = " + (is_value(*given) ? value(*given) : call(*given));
    }
    case Role::post_condition: {
      const auto* branch = json.find("branch");
      const auto* steps = branch == nullptr ? nullptr : branch->find("steps");
      if (steps == nullptr) {
        fail("a post condition needs \"branch\" with \"steps\"");
        return {};
      }
      return block(name_of(json, "condition", "a post condition"), *steps, Role::step, indent);
    }
    case Role::section:
    case Role::stages:
    case Role::environment:
    case Role::tools:
    case Role::calls:
    case Role::libraries:
    case Role::steps:
    case Role::conditions:
    case Role::post:
    case Role::axes:
    case Role::agent:
    case Role::flag:
      break;
  }
  fail("this part cannot be written on its own");
  return {};
}

std::string JsonText::file(const data::Value& json) {
  const auto* pipeline = json.find("pipeline");
  if (pipeline == nullptr || !pipeline->is_map()) {
    fail("no pipeline block or invalid pipeline block content");
    return {};
  }
  return part(Role::pipeline, *pipeline, "") + "\n";
}

}  // namespace windlass::jenkinsfile
