#include "kapis/render.h"

#include "controllers/names.h"
#include "data/go_template.h"
#include "data/json.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
namespace names = controllers::names;

namespace {

/// The template's parameter definitions.
const Value::List& definitions(const Value& template_) {
  static const Value::List kNone;
  const Value* spec = template_.find("spec");
  const Value* list = spec != nullptr ? spec->find("parameters") : nullptr;
  return list != nullptr ? list->items() : kNone;
}

std::string spec_text(const Value& template_, std::string_view field) {
  const Value* spec = template_.find("spec");
  return spec != nullptr ? spec->get_string(field) : std::string();
}

Result<std::string> fill(const std::string& text, const std::string& name, std::string open, std::string close,
                         const Value& data) {
  data::GoTemplateOptions options;
  options.name = name;
  options.open = std::move(open);
  options.close = std::move(close);
  auto parsed = WL_TRY(data::GoTemplate::parse(text, std::move(options)));
  return parsed.render(data);
}

/// A text as it stands inside of a JSON string.
std::string json_inside(const std::string& text) {
  const auto quoted = data::quote_json(text);
  return quoted.substr(1, quoted.size() - 2);
}

Value literal(Value value) { return Value::map_of("isLiteral", true, "value", std::move(value)); }

/// The `withCredentials` binding of a type of credential: a Groovy list, as the editor keeps it.
std::string binding_of(const std::string& type, const std::string& id) {
  std::string quoted = "'";
  for (const char c : id) quoted += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  quoted += "'";
  if (type == names::kBasicAuth) {
    return "${[usernamePassword(credentialsId: " + quoted +
           ", passwordVariable: 'PASSWORDVARIABLE', usernameVariable: 'USERNAMEVARIABLE')]}";
  }
  if (type == names::kSecretText) return "${[string(credentialsId: " + quoted + ", variable: 'VARIABLE')]}";
  if (type == names::kKubeconfig) {
    return "${[kubeconfigContent(credentialsId: " + quoted + ", variable: 'VARIABLE')]}";
  }
  if (type == names::kSshAuth) {
    return "${[sshUserPrivateKey(credentialsId: " + quoted +
           ", keyFileVariable: 'KEYFILEVARIABLE', passphraseVariable: 'PASSPHRASEVARIABLE', usernameVariable: "
           "'SSHUSERPRIVATEKEY')]}";
  }
  return {};
}

/// JSON with two blanks a level.
void write_indented(const Value& value, int depth, std::string& out) {
  const auto line = [&](int level) { out += "\n" + std::string(static_cast<std::size_t>(level) * 2, ' '); };
  const bool is_map = value.has_members();
  if ((!is_map && !value.is_list()) || value.size() == 0 || depth > 90) {
    out += data::format_json(value);
    return;
  }
  out += is_map ? '{' : '[';
  bool first = true;
  const auto begin = [&] {
    if (!std::exchange(first, false)) out += ',';
    line(depth + 1);
  };
  for (const auto& [key, member] : value.members()) {
    begin();
    out += data::quote_json(key) + ": ";
    write_indented(member, depth + 1, out);
  }
  for (const auto& item : value.items()) {
    begin();
    write_indented(item, depth + 1, out);
  }
  line(depth);
  out += is_map ? '}' : ']';
}

}  // namespace

Result<std::string> render_pipeline_template(const Value& template_, const Value& parameters) {
  const auto name = objects::meta_text(template_, "name");
  Value values = Value::map();
  for (const auto& parameter : parameters.items()) {
    if (const Value* value = parameter.find("value"); value != nullptr && !parameter.get_string("name").empty()) {
      values.set(parameter.get_string("name"), *value);
    }
  }
  for (const auto& definition : definitions(template_)) {
    const auto key = definition.get_string("name");
    if (values.find(key) != nullptr) continue;
    if (const Value* usual = definition.find("default")) {
      values.set(key, *usual);
    } else if (definition.get_bool("required")) {
      return fail(ErrorKind::invalid, "the template " + name + " needs the parameter '" + key + "'");
    }
  }
  return fill(spec_text(template_, "template"), name, "$(", ")", Value::map_of("params", std::move(values)));
}

Result<std::string> render_step_template(const Value& template_, const Value& parameters, const Value& secret) {
  const auto name = objects::meta_text(template_, "name");
  const bool is_dsl = spec_text(template_, "runtime") == "dsl";
  Value values = Value::map();
  for (const auto& [key, value] : parameters.members()) values.set(key, value);
  for (const auto& definition : definitions(template_)) {
    const auto key = definition.get_string("name");
    const Value* given = values.find(key);
    const bool missing = given == nullptr || given->is_null() || (given->is_string() && given->text().empty());
    if (const auto usual = definition.get_string("defaultValue"); missing && !usual.empty()) values.set(key, usual);
  }
  if (is_dsl) {
    // The template is JSON text; these two hold whole scripts, so they are made fit for a JSON string first.
    for (const auto* key : {"script", "command"}) {
      const Value* text = values.find(key);
      if (text != nullptr && text->is_string()) values.set(key, json_inside(text->text()));
    }
  }
  auto text = WL_TRY(fill(spec_text(template_, "template"), name, "{{", "}}",
                          Value::map_of("param", std::move(values), "secret", secret)));
  Value step;
  if (is_dsl) {
    data::JsonParseOptions options;
    options.max_depth = 80;
    auto parsed = data::parse_json(text, options);
    if (!parsed) {
      return fail(ErrorKind::invalid,
                  "the template " + name + " does not give the JSON of a step: " + parsed.error().message);
    }
    step = std::move(*parsed);
  } else {
    // As a value and not as text, so that lines and quotes of a script need no care (ill 14).
    step = Value::map_of("arguments", Value::list_of(Value::map_of("key", "script", "value", literal(text))), "name",
                         "sh");
  }
  const Value* spec = template_.find("spec");
  const Value* wanted = spec != nullptr ? spec->find("secret") : nullptr;
  if (wanted != nullptr && wanted->get_bool("wrap") && secret.has_members()) {
    const auto binding = binding_of(secret.get_string("type"), objects::meta_text(secret, "name"));
    if (binding.empty()) {
      return fail(ErrorKind::invalid, "the secret " + objects::meta_text(secret, "name") + " is no credential");
    }
    step = Value::map_of("arguments", Value::map_of("isLiteral", false, "value", binding), "children",
                         Value::list_of(std::move(step)), "name", "withCredentials");
  }
  if (const auto container = spec_text(template_, "container"); !container.empty()) {
    step = Value::map_of("arguments", literal(container), "children", Value::list_of(std::move(step)), "name",
                         "container");
  }
  std::string out;
  write_indented(step, 0, out);
  return out;
}

}  // namespace windlass::kapis
