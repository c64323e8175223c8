// Argument normalisation; see normalize.h for the rules.
#include "catalog/normalize.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "text/edit_distance.h"

namespace windlass::catalog {
namespace {

using data::Kind;
using data::Value;

std::unexpected<ArgumentError> illegal(std::string message) {
  return std::unexpected(
      ArgumentError{.java_class = "java.lang.IllegalArgumentException", .message = std::move(message)});
}

bool is_opaque(const Value& value) { return value.is_object() && value.class_name() == kOpaqueClass; }

std::string_view java_class_of(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "class java.lang.Boolean";
    case Kind::integer:
      return "class java.lang.Integer";
    case Kind::long_integer:
      return "class java.lang.Long";
    case Kind::big_integer:
      return "class java.math.BigInteger";
    case Kind::decimal:
      return "class java.math.BigDecimal";
    case Kind::real:
      return "class java.lang.Double";
    case Kind::string:
      return "class java.lang.String";
    case Kind::bytes:
      return "class [B";
    case Kind::list:
      return "class java.util.ArrayList";
    case Kind::map:
      return "class java.util.LinkedHashMap";
    case Kind::object:
      return "class org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable";
  }
  return "class java.lang.Object";
}

std::string_view type_name(ParameterType type) {
  switch (type) {
    case ParameterType::string:
      return "class java.lang.String";
    case ParameterType::boolean:
      return "boolean";
    case ParameterType::integer:
      return "int";
    case ParameterType::long_integer:
      return "long";
    case ParameterType::real:
      return "double";
    case ParameterType::list:
      return "interface java.util.List";
    case ParameterType::map:
      return "interface java.util.Map";
    case ParameterType::closure:
      return "class groovy.lang.Closure";
    case ParameterType::object:
    case ParameterType::enumeration:
    case ParameterType::any:
      break;
  }
  return "class java.lang.Object";
}

std::unexpected<ArgumentError> wrong_type(std::string_view owner, const Parameter& parameter, const Value& value) {
  std::string message(owner);
  message.append(".").append(parameter.name).append(" expects ").append(type_name(parameter.type));
  message.append(" but received ").append(java_class_of(value));
  return std::unexpected(ArgumentError{.java_class = "java.lang.ClassCastException", .message = std::move(message)});
}

std::string format_number(const Value& value) {
  if (value.is_int()) return std::to_string(value.as_int());
  if (value.kind() != Kind::real) return value.text();
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value.as_double()).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::optional<std::int64_t> whole_number(const Value& value) {
  if (value.is_int()) return value.as_int();
  std::string text = value.kind() == Kind::decimal || value.is_string() ? value.text() : std::string();
  if (value.kind() == Kind::real) {
    double number = value.as_double();
    if (!(number >= -9.2e18 && number <= 9.2e18)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  auto first = text.find_first_not_of(" \t\n");
  auto last = text.find_last_not_of(" \t\n");
  if (first == std::string::npos) return std::nullopt;
  std::string_view digits = std::string_view(text).substr(first, last - first + 1);
  if (value.kind() == Kind::decimal) digits = digits.substr(0, digits.find('.'));
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

bool is_choice(std::string_view choices, std::string_view text) {
  while (!choices.empty()) {
    auto comma = choices.find(',');
    if (choices.substr(0, comma) == text) return true;
    if (comma == std::string_view::npos) return false;
    choices.remove_prefix(comma + 1);
  }
  return false;
}

using Coerced = std::expected<Value, ArgumentError>;

Coerced to_whole(std::string_view owner, const Parameter& parameter, const Value& value) {
  auto number = whole_number(value);
  if (!number) return wrong_type(owner, parameter, value);
  if (parameter.type == ParameterType::long_integer) return Value(*number);
  if (*number < std::numeric_limits<std::int32_t>::min() || *number > std::numeric_limits<std::int32_t>::max()) {
    return wrong_type(owner, parameter, value);
  }
  return Value(static_cast<std::int32_t>(*number));
}

Coerced to_real(std::string_view owner, const Parameter& parameter, const Value& value) {
  if (value.is_number()) return Value(value.as_double());
  double number = 0;
  const std::string& text = value.text();
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!value.is_string() || error != std::errc() || end != text.data() + text.size()) {
    return wrong_type(owner, parameter, value);
  }
  return Value(number);
}

Coerced to_choice(std::string_view owner, const Parameter& parameter, const Value& value) {
  if (!value.is_string()) return wrong_type(owner, parameter, value);
  if (is_choice(parameter.choices, value.text())) return value;
  std::string message = "No enum constant ";
  message.append(parameter.name == "unit" ? "java.util.concurrent.TimeUnit" : parameter.name);
  message.append(".").append(value.text());
  return illegal(std::move(message));
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return (x | 0x20) == (y | 0x20); });
}

Coerced coerce(std::string_view owner, const Parameter& parameter, const Value& value) {
  if (is_opaque(value)) return value;
  bool scalar = value.is_bool() || value.is_number() || value.is_string();
  switch (parameter.type) {
    case ParameterType::string:
      if (value.is_null() || value.is_string()) return value;
      if (value.is_bool()) return Value(value.as_bool() ? "true" : "false");
      if (value.is_number()) return Value(format_number(value));
      return wrong_type(owner, parameter, value);
    case ParameterType::boolean:
      if (value.is_bool()) return value;
      if (value.is_string()) return Value(equal_ignoring_case(value.text(), "true"));
      return wrong_type(owner, parameter, value);
    case ParameterType::integer:
    case ParameterType::long_integer:
      return to_whole(owner, parameter, value);
    case ParameterType::real:
      return to_real(owner, parameter, value);
    case ParameterType::enumeration:
      return to_choice(owner, parameter, value);
    case ParameterType::list:
      if (value.is_null() || value.is_list()) return value;
      return Value(Value::List{value});
    case ParameterType::map:
      if (value.is_null() || value.has_members()) return value;
      return wrong_type(owner, parameter, value);
    case ParameterType::closure:
      if (scalar || value.is_list()) return wrong_type(owner, parameter, value);
      return value;
    case ParameterType::object:
    case ParameterType::any:
      return value;
  }
  return value;
}

std::optional<Value> default_of(const Parameter& parameter) {
  const auto& value = parameter.default_value;
  switch (value.kind) {
    case DefaultKind::none:
      return std::nullopt;
    case DefaultKind::boolean:
      return Value(value.boolean);
    case DefaultKind::integer:
      return parameter.type == ParameterType::long_integer ? Value(value.integer)
                                                           : Value(static_cast<std::int32_t>(value.integer));
    case DefaultKind::real:
      return Value(value.real);
    case DefaultKind::text:
      return Value(value.text);
  }
  return std::nullopt;
}

/// A null for a parameter that cannot be null counts as not given.
bool is_given(const Parameter& parameter, const Value* value) {
  if (value == nullptr) return false;
  if (!value->is_null()) return true;
  auto type = parameter.type;
  return type != ParameterType::boolean && type != ParameterType::integer && type != ParameterType::long_integer &&
         type != ParameterType::real && type != ParameterType::enumeration;
}

std::expected<data::Map, ArgumentError> fill(std::string_view owner, std::span<const Parameter> parameters,
                                             const data::Map& given) {
  data::Map out;
  for (const auto& parameter : parameters) {
    const Value* value = given.find(parameter.name);
    if (is_given(parameter, value)) {
      auto coerced = coerce(owner, parameter, *value);
      if (!coerced) return std::unexpected(std::move(coerced).error());
      out.set(std::string(parameter.name), std::move(*coerced));
    } else if (auto standard = default_of(parameter)) {
      out.set(std::string(parameter.name), std::move(*standard));
    } else if (parameter.required) {
      return illegal("Missing required parameter: \"" + std::string(parameter.name) + "\"");
    }
  }
  return out;
}

std::string display(const Value& value) {
  if (value.is_string()) return value.text();
  if (value.is_number()) return format_number(value);
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_null()) return "null";
  return std::string(java_class_of(value));
}

std::unexpected<ArgumentError> not_named(const data::Map& named, const Value::List& positional) {
  std::string message = "Expected named arguments but got [";
  bool first = true;
  for (const auto& [key, value] : named) {
    message.append(first ? "" : ", ").append(key).append(":").append(display(value));
    first = false;
  }
  for (const auto& value : positional) {
    message.append(first ? "" : ", ").append(display(value));
    first = false;
  }
  return illegal(message + "]");
}

std::string unknown_warning(const StepDescription& step, const std::vector<std::string>& unknown) {
  std::vector<std::string_view> names;
  names.reserve(step.parameters.size());
  for (const auto& parameter : step.parameters) names.push_back(parameter.name);
  std::string line = "WARNING: Unknown parameter(s) found for step '" + std::string(step.name) + "': ";
  std::string hints;
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    line.append(i == 0 ? "" : ",").append(unknown[i]);
    if (auto near = text::nearest_name(unknown[i], names)) {
      hints.append(hints.empty() ? " (did you mean " : ", ").append(*near);
    }
  }
  return hints.empty() ? line : line + hints + "?)";
}

/// Splits named arguments into parameters and what `rest` takes; the names that remain are unknown.
std::vector<std::string> take_named(const StepDescription& step, const data::Map& named, data::Map& given) {
  const Parameter* rest = step.rest.empty() ? nullptr : step.find_parameter(step.rest);
  bool takes_names = rest != nullptr && rest->type != ParameterType::list;
  if (takes_names && named.contains("$class")) {
    given.set(std::string(step.rest), Value(named));
    return {};
  }
  data::Map others;
  for (const auto& [key, value] : named) {
    if (step.find_parameter(key) != nullptr) {
      given.set(key, value);
    } else {
      others.set(key, value);
    }
  }
  std::vector<std::string> unknown;
  if (others.empty()) return unknown;
  if (takes_names && rest->type == ParameterType::map && !given.contains(step.rest)) {
    given.set(std::string(step.rest), Value(std::move(others)));
    return unknown;
  }
  for (const auto& entry : others) unknown.push_back(entry.key);
  return unknown;
}

/// What a single unnamed argument sets: the parameter that the description names, else the only required one. Empty:
/// none.
std::string_view unnamed_parameter(std::string_view positional, std::span<const Parameter> parameters) {
  if (!positional.empty()) return positional;
  std::string_view only;
  for (const auto& parameter : parameters) {
    if (!parameter.required) continue;
    if (!only.empty()) return {};
    only = parameter.name;
  }
  return only;
}

/// `println a: 1` prints a map: a step that takes any value and has none of these parameters.
bool is_value_map(const StepDescription& step, const data::Map& named) {
  if (step.positional.empty() || !step.rest.empty() || named.empty()) return false;
  if (step.find_parameter(step.positional)->type != ParameterType::any) return false;
  return std::ranges::none_of(named, [&](const auto& entry) { return step.find_parameter(entry.key) != nullptr; });
}

}  // namespace

std::expected<NormalizedCall, ArgumentError> normalize(const StepDescription& step, const data::Map& named,
                                                       const Value::List& positional) {
  const Parameter* rest = step.rest.empty() ? nullptr : step.find_parameter(step.rest);
  bool more_allowed = rest != nullptr && rest->type == ParameterType::list;
  bool single = positional.size() == 1 && named.empty();
  data::Map given;
  std::vector<std::string> unknown;
  if (single && positional[0].is_map() && (step.positional.empty() || !positional[0].members().contains("$class")) &&
      (step.positional.empty() || step.find_parameter(step.positional)->type != ParameterType::any ||
       !step.rest.empty())) {
    unknown = take_named(step, positional[0].members(), given);
  } else if (!positional.empty()) {
    const auto sole = unnamed_parameter(step.positional, step.parameters);
    if (sole.empty() || !named.empty() || (positional.size() > 1 && !more_allowed)) {
      return not_named(named, positional);
    }
    given.set(std::string(sole), positional[0]);
    if (positional.size() > 1) {
      given.set(std::string(step.rest), Value(Value::List(positional.begin() + 1, positional.end())));
    }
  } else if (is_value_map(step, named)) {
    given.set(std::string(step.positional), Value(named));
  } else {
    unknown = take_named(step, named, given);
  }
  auto filled = fill(step.name, step.parameters, given);
  if (!filled) return std::unexpected(std::move(filled).error());
  NormalizedCall call{.arguments = std::move(*filled), .warnings = {}};
  if (!unknown.empty()) call.warnings.push_back(unknown_warning(step, unknown));
  return call;
}

std::expected<Value, ArgumentError> normalize_describable(const Catalog& catalog, const Value& value,
                                                          std::string_view contexts) {
  if (!value.has_members() || is_opaque(value)) return value;
  std::string name;
  data::Map given = value.members();
  if (value.is_object()) {
    name = value.class_name();
  } else if (const Value* written = given.find("$class"); written != nullptr && written->is_string()) {
    name = written->text();
  } else {
    return value;
  }
  given.erase("$class");
  const SymbolDescription* symbol = nullptr;
  while (symbol == nullptr) {
    auto comma = contexts.find(',');
    symbol = catalog.find_symbol(name, contexts.substr(0, comma));
    if (comma == std::string_view::npos) break;
    contexts.remove_prefix(comma + 1);
  }
  data::Map out;
  if (symbol == nullptr) {
    auto simple = name.substr(name.rfind('.') + 1);
    out.set("$class", Value(simple));
    for (const auto& [key, member] : given) out.set(key, member);
    return Value(std::move(out));
  }
  if (const Value* only = given.find(""); only != nullptr) {
    const auto sole = unnamed_parameter(symbol->positional, symbol->fields);
    if (sole.empty()) return illegal("Expected named arguments for " + name);
    Value moved = *only;
    given.erase("");
    given.set(std::string(sole), std::move(moved));
  }
  auto filled = fill(name, symbol->fields, given);
  if (!filled) return std::unexpected(std::move(filled).error());
  out.set("$class", Value(symbol->canonical()));
  for (auto& [key, member] : *filled) out.set(key, std::move(member));
  for (const auto& [key, member] : given) {
    if (symbol->find_field(key) == nullptr) out.set(key, member);
  }
  return Value(std::move(out));
}

}  // namespace windlass::catalog
