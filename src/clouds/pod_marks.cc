#include "clouds/pod_marks.h"

#include <algorithm>

#include "data/json.h"
#include "objects/metadata.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::clouds {

using data::Value;

namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string hex_digest(std::string_view text) {
  return text::encode_hex(text::digest("SHA-1", text).value_or(std::string()));
}

Value plan_value(const PodTerms& terms) {
  return Value::map_of("cloud", terms.cloud, "template", terms.template_id, "agent", terms.agent_container, "connect",
                       terms.connect_timeout_seconds, "idle", terms.idle_minutes, "cloudCap", terms.cloud_cap,
                       "instanceCap", terms.instance_cap, "project", terms.project, "retention",
                       pods::to_string(terms.retention), "digest", terms.digest);
}

pods::Retention retention_of(std::string_view text) {
  for (const auto one : {pods::Retention::always, pods::Retention::on_failure, pods::Retention::evicted}) {
    if (pods::to_string(one) == text) return one;
  }
  return pods::Retention::never;
}

}  // namespace

PodTerms terms_of(const pods::PodPlan& plan, std::string_view project) {
  return {.cloud = plan.cloud,
          .template_id = plan.template_id,
          .agent_container = plan.agent_container,
          .project = std::string(project),
          .digest = pods::plan_digest(plan),
          .connect_timeout_seconds = plan.connect_timeout_seconds,
          .idle_minutes = plan.idle_minutes,
          .cloud_cap = plan.cloud_cap,
          .instance_cap = plan.instance_cap,
          .retention = plan.retention};
}

PodTerms terms_of(const Value& pod) {
  PodTerms out;
  const auto parsed = data::parse_json(objects::annotation(pod, marks::kPlan));
  if (!parsed) return out;
  out.cloud = parsed->get_string("cloud");
  out.template_id = parsed->get_string("template");
  out.agent_container = parsed->get_string("agent");
  out.project = parsed->get_string("project");
  out.digest = parsed->get_string("digest");
  const auto number = [&](std::string_view key, int otherwise) {
    const auto value = parsed->get_int(key, otherwise);
    return value < 0 || value > 100'000'000 ? otherwise : static_cast<int>(value);
  };
  out.connect_timeout_seconds = number("connect", out.connect_timeout_seconds);
  out.idle_minutes = number("idle", 0);
  out.cloud_cap = number("cloudCap", 0);
  out.instance_cap = number("instanceCap", 0);
  out.retention = retention_of(parsed->get_string("retention"));
  return out;
}

PodMarks marks_of(const Value& object) {
  PodMarks out;
  out.store = objects::label(object, marks::kStore);
  out.run = objects::label(object, marks::kRun);
  out.effect = objects::annotation(object, marks::kEffect);
  if (out.run == marks::kIdle) {
    // A time that is none: idle since for ever.
    out.idle_since = std::max<std::int64_t>(1, objects::parse_rfc3339(objects::annotation(object, marks::kIdleSince)));
  }
  return out;
}

std::string label_value(std::string_view text) {
  const bool good =
      !text.empty() && text.size() <= 63 && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
      std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; }) &&
      text != marks::kIdle;
  return good ? std::string(text) : hex_digest(text);
}

std::string store_selector(std::string_view store) { return std::string(marks::kStore) + "=" + label_value(store); }

namespace {

/// Names of objects have no capitals and no underlines.
std::string name_part(std::string name) {
  const bool is_fine = std::ranges::none_of(name, [](char c) { return c == '_' || (c >= 'A' && c <= 'Z'); });
  return is_fine ? name : hex_digest(name);
}

}  // namespace

std::string lease_name(std::string_view store, std::string_view run) {
  // A run's uid is its own everywhere; every store has pods that are made to be idle.
  return "windlass-run-" +
         name_part(run == marks::kWarm ? std::string(run) + "-" + label_value(store) : label_value(run));
}

Value idle_lease(std::string_view store, std::int64_t now_millis) {
  constexpr std::int64_t kHour = 3'600'000;
  return Value::map_of(
      "apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "metadata",
      Value::map_of("name", "windlass-idle-" + name_part(label_value(store)) + "-" + std::to_string(now_millis / kHour),
                    "labels", Value::map_of(marks::kStore, label_value(store), marks::kKeeps, marks::kIdlePods)),
      "spec", Value::map_of("holderIdentity", label_value(store)));
}

std::string idle_lease_selector() { return std::string(marks::kKeeps) + "=" + std::string(marks::kIdlePods); }

Value lease_object(std::string_view store, std::string_view run, std::string_view run_name) {
  return Value::map_of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "metadata",
                       Value::map_of("name", lease_name(store, run), "labels",
                                     Value::map_of(marks::kStore, label_value(store), marks::kRun, label_value(run)),
                                     "annotations", Value::map_of(marks::kRunName, run_name)),
                       "spec", Value::map_of("holderIdentity", label_value(store)));
}

Value owner_reference(const Value& lease) {
  return Value::map_of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "name",
                       objects::meta_text(lease, "name"), "uid", objects::meta_text(lease, "uid"));
}

void mark_pod(Value& manifest, std::string_view store, std::string_view run, std::string_view effect,
              std::string_view run_name, const PodTerms& terms, Value owner) {
  objects::set_label(manifest, marks::kStore, label_value(store));
  objects::set_label(manifest, marks::kRun, label_value(run));
  objects::set_annotation(manifest, marks::kEffect, std::string(effect));
  objects::set_annotation(manifest, marks::kRunName, std::string(run_name));
  objects::set_annotation(manifest, marks::kPlan, data::format_json(plan_value(terms)));
  objects::set_meta(manifest, "ownerReferences", Value::list_of(std::move(owner)));
}

Value keep_patch(std::string_view store) {
  return Value::map_of("metadata",
                       Value::map_of("ownerReferences", Value(), "labels",
                                     Value::map_of(marks::kStore, Value(), marks::kKept, label_value(store))));
}

Value idle_patch(std::int64_t now_millis) {
  return Value::map_of(
      "metadata",
      Value::map_of("ownerReferences", Value(), "labels", Value::map_of(marks::kRun, marks::kIdle), "annotations",
                    Value::map_of(marks::kEffect, Value(), marks::kRunName, Value(), marks::kIdleSince,
                                  objects::format_rfc3339(now_millis))));
}

/// With the terms of who takes it: whether it may be idle once more is theirs to say, not of those that made it.
Value take_patch(std::string_view run, std::string_view effect, std::string_view run_name, const PodTerms& terms,
                 Value owner) {
  return Value::map_of("metadata",
                       Value::map_of("ownerReferences", owner.is_null() ? Value() : Value::list_of(std::move(owner)),
                                     "labels", Value::map_of(marks::kRun, label_value(run)), "annotations",
                                     Value::map_of(marks::kEffect, effect, marks::kRunName, run_name, marks::kPlan,
                                                   data::format_json(plan_value(terms)), marks::kIdleSince, Value())));
}

Value owner_patch(std::string_view uid, Value owner) {
  return Value::map_of("metadata", Value::map_of("uid", uid, "ownerReferences", Value::list_of(std::move(owner))));
}

std::string agent_url(const Value& pod, std::string_view agent_container) {
  const auto* spec = pod.find("spec");
  const auto* containers = spec != nullptr ? spec->find("containers") : nullptr;
  if (containers == nullptr) return {};
  for (const auto& container : containers->items()) {
    if (container.get_string("name") != agent_container) continue;
    const auto* env = container.find("env");
    if (env == nullptr) continue;
    for (const auto& one : env->items()) {
      if (one.get_string("name") == "JENKINS_URL") return one.get_string("value");
    }
  }
  return {};
}

}  // namespace windlass::clouds
