#include "kubeapi/admission.h"

#include "objects/metadata.h"

namespace windlass::kubeapi {

using data::Value;
using objects::Outcome;

namespace {

constexpr std::string_view kGroup = "devops.kubesphere.io";
constexpr std::string_view kCreator = "devops.kubesphere.io/creator";
/// Read once, when the run is accepted.
constexpr std::string_view kFixed[] = {kCreator,
                                       "windlass.io/restart-of",
                                       "windlass.io/restart-step",
                                       "windlass.io/restart-stage",
                                       "windlass.io/replay-of",
                                       "windlass.io/order",
                                       "windlass.io/upstream"};
/// Only the server itself says what has started a run.
constexpr std::string_view kOurs[] = {"windlass.io/order", "windlass.io/upstream", "windlass.io/upstream-cause",
                                      "windlass.io/cause", "windlass.io/environment"};

const Value* in_spec(const Value& object, std::string_view key) {
  const auto* spec = object.find("spec");
  return spec == nullptr ? nullptr : spec->find(key);
}

bool same(const Value* a, const Value* b) { return (a == nullptr || b == nullptr) ? a == b : *a == *b; }

bool may_change_pipelines(const rights::User& user, const std::string& namespace_) {
  return rights::decide(user, {.verb = "update",
                               .group = std::string(kGroup),
                               .resource = "pipelines",
                               .subresource = {},
                               .namespace_ = namespace_,
                               .name = {}})
      .allowed;
}

}  // namespace

bool is_admitted(const objects::ResourceType& type) { return type.group == kGroup && type.kind == "PipelineRun"; }

Outcome<Value> admit(const rights::User& user, const objects::ResourceType& type, const std::string& namespace_,
                     const Value& before, Value wanted) {
  if (!is_admitted(type)) return wanted;
  const auto name = objects::meta_text(wanted, "name");  // a subject only refers to it
  const auto subject = type.subject(name);
  if (before.is_null()) {
    if (in_spec(wanted, "pipelineSpec") != nullptr && !may_change_pipelines(user, namespace_)) {
      return objects::forbidden(subject,
                                "a run with a pipelineSpec of its own needs the right to change pipelines; "
                                "leave it out to run the pipeline as it is");
    }
    for (const auto key : kOurs) {
      if (!objects::annotation(wanted, key).empty()) {
        return objects::forbidden(subject, "the annotation " + std::string(key) + " is set by the server only");
      }
    }
    objects::set_annotation(wanted, kCreator, user.name);
    return wanted;
  }
  for (const auto key : {"pipelineRef", "pipelineSpec", "scm"}) {
    if (!same(in_spec(before, key), in_spec(wanted, key))) {
      return objects::forbidden(subject, "spec." + std::string(key) + " of a run does not change; make another run");
    }
  }
  for (const auto key : kFixed) {
    if (objects::annotation(before, key) != objects::annotation(wanted, key)) {
      return objects::forbidden(subject, "the annotation " + std::string(key) + " of a run does not change");
    }
  }
  return wanted;
}

}  // namespace windlass::kubeapi
