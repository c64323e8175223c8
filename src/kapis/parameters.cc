#include "kapis/parameters.h"

#include <algorithm>

#include "data/json.h"
#include "jenkinsfile/script_json.h"
#include "kapis/crud.h"
#include "kapis/job.h"
#include "text/edit_distance.h"

namespace windlass::kapis {

using data::Value;

namespace {

constexpr std::size_t kMostShown = 12;

/// The literal value of the argument `name` of a parameter in a script's model.
std::optional<std::string> name_in(const Value& parameter) {
  const auto* arguments = parameter.find("arguments");
  for (const auto& one : arguments != nullptr && arguments->is_list() ? arguments->items() : Value::List{}) {
    const auto* value = one.get_string("key") == "name" ? one.find("value") : nullptr;
    const auto* literal = value != nullptr && value->get_bool("isLiteral") ? value->find("value") : nullptr;
    if (literal != nullptr && literal->is_string()) return literal->text();
  }
  return std::nullopt;
}

std::string sentence(const std::string& pipeline, const std::string& name, const std::vector<std::string>& defined) {
  auto out = "the pipeline " + pipeline + " defines no parameter named " + name;
  if (defined.empty()) return out + "; it defines none";
  if (const auto near = text::nearest_name(name, defined)) return out + "; did you mean " + *near + "?";
  out += "; it defines ";
  for (std::size_t i = 0; i < std::min(defined.size(), kMostShown); ++i) out += (i == 0 ? "" : ", ") + defined[i];
  return defined.size() > kMostShown ? out + " and others" : out;
}

/// As the text of a quoted string in a header.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return out + "\"";
}

}  // namespace

std::optional<std::vector<std::string>> defined_parameters(const Value& spec, const Value& model) {
  std::vector<std::string> out;
  const auto* block = spec.find("pipeline");
  const auto* listed = block == nullptr ? nullptr : block->find("parameters");
  if (listed != nullptr && listed->size() != 0) {
    for (const auto& one : listed->items()) out.push_back(one.get_string("name"));
    return out;
  }
  // The step `properties` adds to what the section says, wherever it stands.
  const auto script = block == nullptr ? std::string() : block->get_string("jenkinsfile");
  if (!model.is_map() || script.find("properties") != std::string::npos) return std::nullopt;
  const auto* section = data::find_json_pointer(model, "/pipeline/parameters/parameters");
  for (const auto& one : section != nullptr && section->is_list() ? section->items() : Value::List{}) {
    auto name = name_in(one);
    if (!name) return std::nullopt;
    out.push_back(std::move(*name));
  }
  return out;
}

objects::ApiTask<std::string> check_parameters(Call& call, const Value* parameters) {
  if (parameters == nullptr || !parameters->is_list() || parameters->size() == 0) co_return std::string();
  const auto& space = call.parameters.contains("ns") ? call.at("ns") : call.at("d");
  const auto pipeline = WL_API_TRY(co_await call.services.store.get(resource("pipelines"), space, call.at("p")));
  const auto* spec = pipeline.find("spec");
  if (spec == nullptr) co_return std::string();
  auto defined = defined_parameters(*spec, Value());
  const auto* block = spec->find("pipeline");
  if (!defined && block != nullptr) {
    const auto model = WL_API_TRY(co_await run_job(
        call, [script = block->get_string("jenkinsfile"), catalog = &call.services.catalog]() -> Value {
          const auto made = jenkinsfile::script_to_json(script, *catalog);
          auto json = made.good() && !made.text.empty() ? data::parse_json(made.text) : Result<Value>(Value());
          return json ? std::move(*json) : Value();
        }));
    defined = defined_parameters(*spec, model);
  }
  if (!defined) co_return std::string();
  for (const auto& one : parameters->items()) {
    const auto name = one.is_map() ? one.get_string("name") : std::string();
    if (name.empty() || std::find(defined->begin(), defined->end(), name) != defined->end()) continue;
    const auto why = sentence(space + "/" + call.at("p"), name, *defined);
    if (call.request.parameter("unknownParameters").value_or("") == "refuse") co_return objects::bad_request(why);
    co_return "299 - " + quoted(why);
  }
  co_return std::string();
}

}  // namespace windlass::kapis
