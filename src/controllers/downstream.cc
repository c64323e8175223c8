#include "controllers/downstream.h"

#include <algorithm>
#include <tuple>

#include "controllers/names.h"
#include "controllers/object_changes.h"
#include "controllers/pipeline_run_rules.h"
#include "objects/metadata.h"

namespace windlass::controllers {

using data::Value;
using runs::DownstreamJob;

namespace {

const objects::ResourceType& type_of(std::string_view plural) {
  return *objects::find_resource(names::kGroup, "v1alpha3", plural);
}

std::vector<std::string> words_of(std::string_view path) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    if (end > at) out.emplace_back(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : "/") + word;
  return out;
}

DownstreamJob job_of(std::string name, const Value& pipeline) {
  DownstreamJob out{.job = std::move(name), .script = {}, .parameters = {}};
  const auto* spec = pipeline.find("spec");
  const auto* block = spec == nullptr ? nullptr : spec->find("pipeline");
  if (block == nullptr) return out;
  out.script = block->get_string("jenkinsfile");
  const auto* list = block->find("parameters");
  if (list == nullptr || list->size() == 0) return out;
  out.parameters.emplace();
  for (const auto& one : list->items()) {
    runs::JobParameter parameter{.type = one.get_string("type"), .name = one.get_string("name"), .choices = {}};
    if (parameter.type == "choice") parameter.choices = lines_of(one.get_string("default_value"));
    out.parameters->push_back(std::move(parameter));
  }
  return out;
}

}  // namespace

std::vector<std::string> names_meant(std::string_view from, std::string_view name) {
  std::vector<std::string> out;
  const auto asked = words_of(name);
  if (asked.empty()) return out;
  if (!name.starts_with('/')) {
    auto at = words_of(from);
    if (!at.empty()) at.pop_back();
    bool inside = true;
    for (const auto& word : asked) {
      if (word == ".") continue;
      if (word != "..") {
        at.push_back(word);
      } else if (at.empty()) {
        inside = false;
      } else {
        at.pop_back();
      }
    }
    if (inside) out.push_back(joined(at));
  }
  if (const auto absolute = joined(asked); std::find(out.begin(), out.end(), absolute) == out.end()) {
    out.push_back(absolute);
  }
  return out;
}

bool lets_build(std::string_view annotation, std::string_view project) {
  for (std::size_t at = 0; at <= annotation.size();) {
    const auto end = std::min(annotation.find(',', at), annotation.size());
    auto one = annotation.substr(at, end - at);
    at = end + 1;
    one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
    one = one.substr(0, one.find_last_not_of(" \t") + 1);
    if (!one.empty() && (one == "*" || one == project)) return true;
  }
  return false;
}

rt::Task<std::optional<DownstreamJob>> find_downstream(objects::ObjectStore& store, std::string from,
                                                       std::string name) {
  using Nothing = std::optional<DownstreamJob>;
  const auto own = from.substr(0, from.find('/'));
  for (const auto& candidate : names_meant(from, name)) {
    const auto words = words_of(candidate);
    if (words.size() != 2) continue;
    auto pipeline = co_await store.get(type_of("pipelines"), words[0], words[1]);
    if (!pipeline) {
      if (pipeline.error().code == 404 || pipeline.error().code == 400) continue;
      co_return fail(objects::to_error(pipeline.error()));
    }
    if (objects::is_being_deleted(*pipeline)) continue;
    if (words[0] != own && !lets_build(objects::annotation(*pipeline, names::kBuildsFrom), own)) {
      const auto project = co_await store.get(type_of("devopsprojects"), "", words[0]);
      if (!project || !lets_build(objects::annotation(*project, names::kBuildsFrom), own)) continue;
    }
    co_return job_of(candidate, *pipeline);
  }
  co_return Nothing();
}

rt::Task<bool> may_follow(objects::ObjectStore& store, Key upstream, std::string follower) {
  if (upstream.namespace_ == follower) co_return true;
  for (const auto& [plural, space, name] : {std::tuple{"pipelines", upstream.namespace_, upstream.name},
                                            {"devopsprojects", std::string(), upstream.namespace_}}) {
    const auto object = co_await store.get(type_of(plural), space, name);
    if (!object && object.error().code != 404) co_return fail(objects::to_error(object.error()));
    if (object && lets_build(objects::annotation(*object, names::kFollowedBy), follower)) co_return true;
  }
  co_return false;
}

rt::Task<> make_downstream(objects::ObjectStore& store, runs::RunOrder order) {
  const auto words = words_of(order.job);
  if (words.size() != 2) co_return fail(ErrorKind::invalid, order.job + " is no pipeline");
  const auto pipeline = co_await store.get(type_of("pipelines"), words[0], words[1]);
  if (!pipeline) co_return fail(objects::to_error(pipeline.error()));
  auto parameters = Value::list();
  for (const auto& [name, value] : order.parameters) {
    const bool secret = order.secret_parameters.contains(name);
    parameters.push(Value::map_of("name", name, "value", secret ? std::string() : value));
  }
  auto run = new_run(*pipeline, Value(), std::move(parameters),
                     {{std::string(names::kRunOrder), order.ref},
                      {std::string(names::kRunUpstream), order.by},
                      {std::string(names::kRunTrigger), "upstream"},
                      {std::string(names::kRunCreator), order.user_id}});
  objects::erase_meta(run, "generateName");
  objects::set_meta(run, "name", derived_name(words[1], "b", order.ref));
  auto made = co_await store.create(type_of("pipelineruns"), words[0], std::move(run));
  if (!made && made.error().code != 409) co_return fail(objects::to_error(made.error()));
  co_return Result<>();
}

}  // namespace windlass::controllers
