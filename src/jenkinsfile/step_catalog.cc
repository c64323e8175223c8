#include "jenkinsfile/step_catalog.h"

#include <string_view>
#include <utility>
#include <vector>

namespace windlass::jenkinsfile {
namespace {

ParameterType type_of(catalog::ParameterType type) {
  using From = catalog::ParameterType;
  using To = ParameterType;
  switch (type) {
    case From::string:
      return To::string;
    case From::boolean:
      return To::boolean;
    case From::integer:
      return To::int_;
    case From::long_integer:
      return To::long_;
    case From::real:
      return To::number;
    case From::list:
      return To::list;
    case From::map:
      return To::map;
    case From::enumeration:
      return To::enumeration;
    case From::closure:
    case From::object:
    case From::any:
      return To::object;
  }
  return To::object;
}

std::vector<std::string> split_choices(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto comma = text.find(',');
    out.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return out;
}

}  // namespace

std::unique_ptr<BasicCatalog> make_step_catalog(const catalog::Catalog& steps) {
  auto out = std::make_unique<BasicCatalog>();
  for (const auto& step : steps.steps()) {
    Signature signature;
    signature.name = step.name;
    signature.positional = step.positional;
    signature.takes_body = step.block;
    signature.needs_workspace = step.needs_node;
    signature.open = !step.rest.empty();
    out->add_step(std::move(signature), [parameters = step.parameters] {
      std::vector<Parameter> all;
      for (const auto& p : parameters) {
        // A number that may be left out and has no value of its own then is an Integer: null is one, too.
        const bool boxed = p.type == catalog::ParameterType::integer && !p.required &&
                           p.default_value.kind == catalog::DefaultKind::none;
        all.push_back({std::string(p.name), boxed ? ParameterType::integer : type_of(p.type), p.required,
                       split_choices(p.choices), ""});
      }
      return all;
    });
  }
  for (const auto* global : {"docker", "env", "params", "currentBuild", "scm", "pipeline", "steps"})
    out->add_global(global);
  return out;
}

}  // namespace windlass::jenkinsfile
