#include "cli/output.h"

#include "cli/command.h"
#include "data/json.h"
#include "data/yaml.h"

namespace windlass::cli {

Form form_of(const ParsedOptions& options) {
  const auto word = options.get("--output", "table");
  return word == "json" ? Form::json : word == "yaml" ? Form::yaml : Form::words;
}

std::string as_item(Form form, const data::Value& value) {
  return form == Form::yaml ? "---\n" + data::format_yaml(value) : data::format_json(value) + "\n";
}

std::string as_whole(Form form, const data::Value& value) {
  return form == Form::yaml ? data::format_yaml(value) : data::format_json(value) + "\n";
}

int print_whole(Form form, const data::Value& value) {
  if (form == Form::words) return kExitSuccess;
  return print(as_whole(form, value)) ? kExitSuccess : kExitInternal;
}

}  // namespace windlass::cli
