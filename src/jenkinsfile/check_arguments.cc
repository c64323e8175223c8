#include "jenkinsfile/check_arguments.h"

#include <algorithm>
#include <string>
#include <vector>

#include "jenkinsfile/tree_reading.h"

namespace windlass::jenkinsfile {
namespace {

std::string java_type(const Parameter& parameter) {
  if (!parameter.java_type.empty()) return parameter.java_type;
  switch (parameter.type) {
    case ParameterType::string:
      return "class java.lang.String";
    case ParameterType::int_:
      return "int";
    case ParameterType::integer:
      return "class java.lang.Integer";
    case ParameterType::long_:
      return "long";
    case ParameterType::boolean:
      return "boolean";
    case ParameterType::number:
      return "double";
    case ParameterType::enumeration:
      // The one enumeration that steps share; others are named by their description.
      if (std::ranges::find(parameter.values, "MINUTES") != parameter.values.end()) {
        return "class java.util.concurrent.TimeUnit";
      }
      return "class java.lang.Enum";
    case ParameterType::list:
      return "interface java.util.List";
    case ParameterType::map:
      return "interface java.util.Map";
    case ParameterType::object:
      break;
  }
  return "class java.lang.Object";
}

const char* java_class(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::boolean:
      return "class java.lang.Boolean";
    case Value::Kind::integer:
      return "class java.lang.Integer";
    case Value::Kind::long_:
      return "class java.lang.Long";
    case Value::Kind::real:
      return "class java.lang.Double";
    case Value::Kind::string:
      return "class java.lang.String";
    case Value::Kind::null:
    case Value::Kind::code:
      break;
  }
  return "class org.codehaus.groovy.runtime.NullObject";
}

/// Whether Groovy would take the literal for the type. Numbers widen and narrow, everything has a truth.
bool fits(const Value& value, const Parameter& parameter) {
  using Kind = Value::Kind;
  const bool number = value.kind == Kind::integer || value.kind == Kind::long_ || value.kind == Kind::real;
  switch (parameter.type) {
    case ParameterType::string:
      return value.kind != Kind::integer && value.kind != Kind::boolean;
    case ParameterType::int_:
    case ParameterType::long_:
      return number;
    case ParameterType::integer:
      return number || value.kind == Kind::null;
    case ParameterType::number:
      return number;
    case ParameterType::boolean:
      return true;
    case ParameterType::enumeration:
      if (value.kind == Kind::null) return true;
      return value.kind == Kind::string &&
             (parameter.values.empty() || std::ranges::find(parameter.values, value.text) != parameter.values.end());
    case ParameterType::list:
    case ParameterType::map:
      return value.kind == Kind::null;
    case ParameterType::object:
      break;
  }
  return true;
}

void check_type(const Value& value, const Parameter& parameter, bool say_name, Findings& findings) {
  if (!value.is_literal() || fits(value, parameter)) return;
  std::string message = "Expecting \"" + java_type(parameter) + "\"";
  if (say_name) message += " for parameter \"" + parameter.name + "\"";
  message += " but got \"" + value.text + "\" of type " + java_class(value.kind) + " instead";
  findings.error(value.place, std::move(message));
}

const Parameter* find_parameter(const Signature& signature, std::string_view name) {
  for (const auto& parameter : signature.parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

void report_unknown(Place place, std::string_view key, const Signature& signature, Findings& findings) {
  std::vector<std::string> names;
  for (const auto& parameter : signature.parameters) names.push_back(parameter.name);
  auto nearest = find_nearest(key, names);
  findings.error(place, "Invalid parameter \"" + std::string(key) + "\", did you mean \"" +
                            (nearest.empty() ? std::string("null") : nearest) + "\"?");
}

void check_named(Place place, const StepArguments& arguments, const Signature& signature, Findings& findings) {
  const auto* sole = find_sole(signature);
  bool all_known = true;
  for (const auto& named : arguments.named) {
    const auto* parameter = find_parameter(signature, named.key);
    if (parameter == nullptr) {
      // The only required parameter is an object: its own fields may be given in its place.
      if (sole != nullptr && sole->type == ParameterType::object) return;
      report_unknown(named.key_place, named.key, signature, findings);
      all_known = false;
      continue;
    }
    const bool stands_alone =
        arguments.named.size() == 1 && parameter == sole && sole->required && !signature.takes_body;
    check_type(named.value, *parameter, !stands_alone, findings);
  }
  if (!all_known) return;
  for (const auto& parameter : signature.parameters) {
    if (!parameter.required) continue;
    const bool given =
        std::ranges::any_of(arguments.named, [&](const NamedValue& n) { return n.key == parameter.name; });
    if (!given) findings.error(place, "Missing required parameter: \"" + parameter.name + "\"");
  }
}

}  // namespace

const Parameter* find_sole(const Signature& signature) {
  const Parameter* sole = nullptr;
  for (const auto& parameter : signature.parameters) {
    if (!parameter.required) continue;
    if (sole != nullptr) return nullptr;
    sole = &parameter;
  }
  if (sole != nullptr) return sole;
  if (signature.parameters.size() == 1) return &signature.parameters.front();
  // `milestone 1`: what is set without a name, though it may be left out.
  return signature.positional.empty() ? nullptr : find_parameter(signature, signature.positional);
}

void check_step_arguments(Place place, std::string_view name, const StepArguments& arguments,
                          const Signature& signature, Findings& findings) {
  if (signature.open) return;
  switch (arguments.form) {
    case StepArguments::Form::none:
    case StepArguments::Form::named:
      check_named(place, arguments, signature, findings);
      break;
    case StepArguments::Form::positional: {
      const auto mixed = std::ranges::any_of(arguments.values, [](const Value& v) { return v.expr == nullptr; });
      findings.error(place, mixed ? "Cannot mix named and unnamed arguments"
                                  : "Arguments to \"" + std::string(name) + "\" must be explicitly named.");
      break;
    }
    case StepArguments::Form::single: {
      const auto* sole = find_sole(signature);
      if (sole != nullptr) {
        check_type(arguments.values.front(), *sole, false, findings);
      } else if (!signature.takes_body) {
        findings.error(place, "Step does not take a single required parameter - use named parameters instead");
      }
      break;
    }
  }
}

void check_call_arguments(const Call& call, SymbolKind kind, const Catalog& catalog, Findings& findings) {
  if (call.name.empty()) return;
  const auto* signature = catalog.find_symbol(kind, call.name);
  if (signature == nullptr) {
    signature = catalog.find_step(call.name);
    // No argument has a body: `rateLimitBuilds(throttle(count: 1))` is not the step of that name.
    if (signature != nullptr && kind == SymbolKind::describable && signature->takes_body) signature = nullptr;
  }
  auto nested = [&](const CallArgument& argument) {
    for (const auto& inner : argument.call) {
      static constexpr const char* kBlocked[][2] = {
          {"node", "The node step cannot be called as an argument to a method in Declarative Pipelines"},
          {"stage", "The stage step cannot be used in Declarative Pipelines"},
          {"properties", "The properties step cannot be used in Declarative Pipelines"},
          {"parallel", "The parallel step can only be used as the only top-level step in a stage's step block"}};
      check_call_arguments(inner, SymbolKind::describable, catalog, findings);
      for (const auto& [name, reason] : kBlocked) {
        if (inner.name == name) {
          findings.error(inner.place,
                         "Invalid step \"" + inner.name + "\" used - not allowed in this context - " + reason);
        }
      }
    }
  };
  if (signature == nullptr || signature->open) {
    for (const auto& argument : call.arguments) nested(argument);
    return;
  }
  const bool any_named = std::ranges::any_of(call.arguments, [](const CallArgument& a) { return a.named; });
  if (any_named) {
    for (const auto& argument : call.arguments) {
      if (!argument.named) {
        findings.error(call.place, "Cannot mix named and unnamed arguments");
        continue;
      }
      const auto* parameter = find_parameter(*signature, argument.key);
      if (parameter == nullptr) {
        const auto* sole = find_sole(*signature);
        if (sole != nullptr && sole->required && sole->type == ParameterType::object) continue;
        report_unknown(argument.key_place, argument.key, *signature, findings);
      } else if (argument.call.empty()) {
        check_type(argument.value, *parameter, true, findings);
      } else {
        nested(argument);
      }
    }
    return;
  }
  if (call.arguments.size() > 1) {
    findings.error(call.place, "Arguments to \"" + call.name + "\" must be explicitly named.");
    for (const auto& argument : call.arguments) nested(argument);
    return;
  }
  std::vector<const Parameter*> needed;
  for (const auto& parameter : signature->parameters) {
    if (parameter.required) needed.push_back(&parameter);
  }
  if (needed.size() != call.arguments.size()) {
    const bool switch_without_value =
        needed.size() == 1 && call.arguments.empty() && needed.front()->type == ParameterType::boolean;
    const bool only_parameter = needed.empty() && call.arguments.size() == 1 &&
                                (signature->parameters.size() == 1 || !signature->positional.empty());
    if (!switch_without_value && !only_parameter) {
      findings.error(call.place, "\"" + call.name + "\" should have " + std::to_string(needed.size()) +
                                     " arguments but has " + std::to_string(call.arguments.size()) +
                                     " arguments instead.");
    }
    for (const auto& argument : call.arguments) nested(argument);
    return;
  }
  for (std::size_t i = 0; i < needed.size(); ++i) {
    const auto& argument = call.arguments[i];
    if (argument.call.empty()) {
      check_type(argument.value, *needed[i], false, findings);
    } else {
      nested(argument);
    }
  }
}

}  // namespace windlass::jenkinsfile
