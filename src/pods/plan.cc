// From a label to a template: what is declared around the node first, then the clouds in their order.
#include <algorithm>
#include <map>
#include <optional>

#include "data/json.h"
#include "data/xml.h"
#include "pods/inherit.h"
#include "pods/pod_builder.h"
#include "pods/pod_names.h"
#include "pods/pods.h"
#include "pods/template_reader.h"
#include "text/edit_distance.h"

namespace windlass::pods {
namespace {

using data::Value;
using text::LabelExpression;

bool serves(const LabelExpression& wanted, std::string_view label, UsageMode usage) {
  if (wanted.is_any()) return usage == UsageMode::normal;
  return wanted.matches(label_atoms(label));
}

std::string member_text(const Value& map, std::string_view key) {
  const auto* member = map.find(key);
  return member == nullptr ? std::string() : scalar_text(*member).value_or("");
}

bool declared_serves(const LabelExpression& wanted, const Value& map) {
  const bool normal = member_text(map, "nodeUsageMode") == "NORMAL";
  return serves(wanted, member_text(map, "label"), normal ? UsageMode::normal : UsageMode::exclusive);
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

/// The templates around a node in one cloud, each with what it inherits.
struct Declared {
  const Cloud* cloud = nullptr;
  std::vector<PodTemplate> resolved, administrators;
  std::vector<std::vector<PodTemplate>> parts;
  std::vector<std::string> warnings;
};

/// The cloud of the innermost template of `maps` that names one; nullptr: there is none of that name.
const Cloud* cloud_of(const Clouds& clouds, const Value::List& maps, std::string& name) {
  for (auto at = maps.rbegin(); at != maps.rend(); ++at) {
    name = member_text(*at, "cloud");
    if (!name.empty()) return clouds.find(name);
  }
  return clouds.clouds.empty() ? nullptr : &clouds.clouds.front();
}

/// Reads and resolves the first `count` of the maps.
Result<Declared> read_declared(const Clouds& clouds, const Value::List& maps, std::size_t count) {
  constexpr std::size_t kMostNested = 50;
  if (count > kMostNested) return fail(ErrorKind::exhausted, "pod templates are nested more than 50 deep");
  Declared out;
  const Value::List used(maps.begin(), maps.begin() + static_cast<std::ptrdiff_t>(count));
  std::string wanted;
  out.cloud = cloud_of(clouds, used, wanted);
  if (out.cloud == nullptr) {
    if (wanted.empty()) return fail(ErrorKind::not_found, "there is no Kubernetes cloud here that could make a pod");
    std::string names;
    for (const auto& one : clouds.clouds) names += (names.empty() ? "" : ", ") + one.name;
    return fail(ErrorKind::not_found, "Cloud does not exist: " + wanted + (names.empty() ? "" : "; there is " + names));
  }
  const auto& all = out.cloud->templates;
  const auto& defaults = out.cloud->defaults_template;
  const PodTemplate* around = nullptr;
  std::string around_cloud;
  for (const auto& map : used) {
    auto read = WL_TRY(read_template(map, "podTemplate"));
    for (const auto& note : read.notes) out.warnings.push_back(note.path + ": " + note.sentence);
    auto& own = read.pod;
    own.from_pipeline = true;
    if (own.name.empty()) own.name = own.label;
    // A template of another cloud is not known in this one.
    const auto& its_cloud = read.cloud.empty() ? around_cloud : read.cloud;
    if (!its_cloud.empty() && its_cloud != out.cloud->name) around = nullptr;
    around_cloud = its_cloud;

    const bool continues = !own.inherit_from && around != nullptr;
    auto parts = continues ? out.parts.back() : std::vector<PodTemplate>();
    parts.push_back(own);
    auto resolved = WL_TRY(resolve(own, all, defaults, around));
    if (resolved.namespace_.empty() && around != nullptr) resolved.namespace_ = around->namespace_;
    PodTemplate bare;
    bare.name = own.name;
    bare.inherit_from = own.inherit_from;
    out.administrators.push_back(
        WL_TRY(resolve(bare, all, defaults, continues ? &out.administrators.back() : nullptr)));
    out.resolved.push_back(std::move(resolved));
    out.parts.push_back(std::move(parts));
    around = &out.resolved.back();
    // Vectors move their items; what is around is the last one, whenever it is asked.
  }
  return out;
}

/// Who may use the cloud, `job` being PROJECT/PIPELINE.
bool is_for(const Cloud& cloud, std::string_view job) {
  return !cloud.usage_restricted || contains(cloud.permitted_projects, std::string(job.substr(0, job.find('/'))));
}

std::string declared_id(const PodRequest& request, std::size_t count) {
  Value identity = Value::list_of(request.job);
  for (std::size_t i = 0; i < count; ++i) identity.push(request.declared.items()[i]);
  return "pipeline/" + label_digest(data::format_json_canonical(identity));
}

std::string static_id(const Cloud& cloud, std::size_t at) {
  const auto& one = cloud.templates[at];
  return one.id.empty() ? cloud.name + "/" + (one.name.empty() ? std::to_string(at) : one.name) : one.id;
}

std::unexpected<Error> none(const Clouds& clouds, const PodRequest& request) {
  if (data::trim_blanks(request.label).empty()) {
    return fail(
        ErrorKind::not_found,
        "no pod template takes work without a label: write one at the node, or give a template nodeUsageMode NORMAL");
  }
  std::string near;
  for (const auto& one : nearest_labels(clouds, request.label)) near += (near.empty() ? "; there is " : ", ") + one;
  return fail(ErrorKind::not_found, "no pod template has the label ‘" + request.label + "’" + near);
}

}  // namespace

const Cloud* Clouds::find(std::string_view name) const {
  const auto at = std::ranges::find(clouds, name, &Cloud::name);
  return at == clouds.end() ? nullptr : &*at;
}

bool offers(const Clouds& clouds, const LabelExpression& label, const Value& declared) {
  if (clouds.clouds.empty()) return false;
  const auto& maps = declared.items();
  if (std::ranges::any_of(maps, [&](const Value& map) { return declared_serves(label, map); })) return true;
  return std::ranges::any_of(clouds.clouds, [&](const Cloud& cloud) {
    return std::ranges::any_of(cloud.templates,
                               [&](const PodTemplate& one) { return serves(label, one.label, one.usage); });
  });
}

Result<PodPlan> plan_pod(const Clouds& clouds, const PodRequest& request) {
  WL_CHECK_OK(check_suffix(request.suffix));
  const auto wanted = WL_TRY(LabelExpression::parse(request.label));
  const auto first = request.suffix.substr(0, kSuffixLength);
  bool full = false;
  std::optional<std::string> not_allowed;

  const auto& maps = request.declared.items();
  for (std::size_t count = maps.size(); count > 0; --count) {
    if (!declared_serves(wanted, maps[count - 1])) continue;
    auto declared = WL_TRY(read_declared(clouds, maps, count));
    const auto& cloud = *declared.cloud;
    if (!is_for(cloud, request.job)) {
      return fail(ErrorKind::forbidden, "Not authorized to use Kubernetes cloud: " + cloud.name);
    }
    const auto id = declared_id(request, count);
    if (contains(request.full_clouds, cloud.name) || contains(request.full_templates, id)) {
      full = true;
      continue;
    }
    BuildInput input{&clouds, &cloud, declared.resolved.back(), declared.parts.back(), declared.administrators.back(),
                     {}};
    input.resolved.name += "-" + first;
    input.pod_name = pod_name(input.resolved.name, request.suffix.substr(kSuffixLength, kSuffixLength));
    auto plan = WL_TRY(build_pod(input, request));
    plan.template_id = input.resolved.id.empty() ? id : input.resolved.id;
    plan.warnings.insert(plan.warnings.begin(), declared.warnings.begin(), declared.warnings.end());
    return plan;
  }

  for (const auto& cloud : clouds.clouds) {
    for (std::size_t i = 0; i < cloud.templates.size(); ++i) {
      const auto& one = cloud.templates[i];
      if (!serves(wanted, one.label, one.usage)) continue;
      if (!is_for(cloud, request.job)) {
        not_allowed = "Kubernetes cloud " + cloud.name + " is not allowed for folder containing job " + request.job;
        continue;
      }
      const auto id = static_id(cloud, i);
      if (contains(request.full_clouds, cloud.name) || contains(request.full_templates, id)) {
        full = true;
        continue;
      }
      return plan_template(clouds, cloud, i, request);
    }
  }
  if (full) {
    return fail(ErrorKind::exhausted,
                "all pods that may be there at once for the label ‘" + request.label + "’ are there");
  }
  if (not_allowed) return fail(ErrorKind::forbidden, std::move(*not_allowed));
  return none(clouds, request);
}

Result<PodPlan> plan_template(const Clouds& clouds, const Cloud& cloud, std::size_t at, const PodRequest& request) {
  WL_CHECK_OK(check_suffix(request.suffix));
  const auto& one = cloud.templates[at];
  BuildInput input{&clouds, &cloud, WL_TRY(resolve(one, cloud.templates, cloud.defaults_template, nullptr)),
                   {},      {},     {}};
  input.pod_name = pod_name(one.name.empty() ? one.label : one.name, request.suffix.substr(0, kSuffixLength));
  auto plan = WL_TRY(build_pod(input, request));
  plan.template_id = static_id(cloud, at);
  return plan;
}

std::vector<std::string> nearest_labels(const Clouds& clouds, const std::string& label) {
  constexpr std::size_t kMost = 5;
  std::string wanted = label;
  if (const auto parsed = LabelExpression::parse(label); parsed && !parsed->names().empty())
    wanted = parsed->names()[0];
  std::multimap<std::size_t, std::string> by_distance;
  std::vector<std::string> seen;
  for (const auto& cloud : clouds.clouds) {
    for (const auto& one : cloud.templates) {
      for (auto& atom : label_atoms(one.label)) {
        if (contains(seen, atom)) continue;
        seen.push_back(atom);
        by_distance.emplace(text::edit_distance(wanted, atom), std::move(atom));
      }
    }
  }
  std::vector<std::string> out;
  for (auto& [distance, atom] : by_distance) {
    if (out.size() < kMost) out.push_back(std::move(atom));
  }
  return out;
}

}  // namespace windlass::pods
