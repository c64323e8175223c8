// Help texts; see help.h.
#include "catalog/help.h"

#include <charconv>

namespace windlass::catalog {
namespace {

std::string_view type_text(const Parameter& parameter) {
  switch (parameter.type) {
    case ParameterType::string:
      return "String";
    case ParameterType::boolean:
      return "boolean";
    case ParameterType::integer:
      return "int";
    case ParameterType::long_integer:
      return "long";
    case ParameterType::real:
      return "float";
    case ParameterType::list:
      return "List";
    case ParameterType::map:
      return "Map";
    case ParameterType::closure:
      return "Closure";
    case ParameterType::enumeration:
      return "enum";
    case ParameterType::object:
    case ParameterType::any:
      return "Object";
  }
  return "Object";
}

std::string default_text(const DefaultValue& value) {
  switch (value.kind) {
    case DefaultKind::none:
      return "";
    case DefaultKind::boolean:
      return value.boolean ? "true" : "false";
    case DefaultKind::integer:
      return std::to_string(value.integer);
    case DefaultKind::real: {
      char buffer[32];
      return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value.real).ptr};
    }
    case DefaultKind::text:
      return "'" + std::string(value.text) + "'";
  }
  return "";
}

std::string_view kind_text(const StepDescription& step, Language language) {
  bool chinese = language == Language::chinese;
  if (step.needs_node) return chinese ? "需要节点（node）。" : "Needs a node.";
  return chinese ? "不需要节点。" : "Needs no node.";
}

void add_parameter(std::string& out, const Parameter& parameter, Language language) {
  bool chinese = language == Language::chinese;
  out.append("  ").append(parameter.name).append(": ").append(type_text(parameter));
  if (parameter.required) out.append(chinese ? "（必填）" : ", required");
  if (auto text = default_text(parameter.default_value); !text.empty()) out.append(" = ").append(text);
  out.append("\n      ").append(parameter.help.in(language)).append("\n");
  if (parameter.choices.empty()) return;
  out.append(chinese ? "      可选值：" : "      One of ");
  for (char c : parameter.choices) out.append(c == ',' ? std::string(", ") : std::string(1, c));
  out.append(chinese ? "\n" : ".\n");
}

}  // namespace

std::string signature_text(const StepDescription& step) {
  std::string out(step.name);
  out += '(';
  bool first = true;
  for (bool required : {true, false}) {
    for (const auto& parameter : step.parameters) {
      if (parameter.required != required) continue;
      out.append(first ? "" : ", ").append(parameter.name).append(": ").append(type_text(parameter));
      first = false;
    }
  }
  out += ')';
  if (step.block) out += " { }";
  return out;
}

std::string help_text(const StepDescription& step, Language language) {
  bool chinese = language == Language::chinese;
  std::string out = signature_text(step);
  out.append("\n\n").append(step.help.in(language)).append(chinese ? "" : " ");
  out.append(kind_text(step, language)).append("\n");
  if (!step.parameters.empty()) {
    out.append(chinese ? "\n参数：\n" : "\nParameters:\n");
    for (const auto& parameter : step.parameters) add_parameter(out, parameter, language);
  }
  if (!step.positional.empty()) {
    out.append(chinese ? "\n单个未命名的参数设置 " : "\nA single unnamed argument sets ");
    out.append(step.positional).append(chinese ? "。\n" : ".\n");
  }
  out.append(chinese ? "\n返回 " : "\nReturns ").append(step.returns_type).append(chinese ? "：" : ": ");
  out.append(step.returns.in(language)).append("\n");
  if (!step.see.empty()) {
    out.append(chinese ? "也写作 " : "Also written as ");
    for (std::size_t i = 0; i < step.see.size(); ++i) out.append(i == 0 ? "" : ", ").append(step.see[i]);
    out.append(chinese ? "。\n" : ".\n");
  }
  return out;
}

}  // namespace windlass::catalog
