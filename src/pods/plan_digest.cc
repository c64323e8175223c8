// When one pod does as well as another: what they are made of, without what tells one pod or one run from the next.
#include "data/json.h"
#include "pods/pods.h"
#include "text/codec.h"
#include "text/digest.h"

namespace windlass::pods {

using data::Value;

std::string plan_digest(const PodPlan& plan) {
  constexpr std::size_t kShown = 32;
  Value pod = plan.manifest;
  if (auto* metadata = pod.find("metadata")) {
    for (const auto& [map, key] :
         {std::pair{"labels", "windlass.io/run"}, std::pair{"annotations", "buildUrl"},
          std::pair{"annotations", "runUrl"}, std::pair{"annotations", "windlass.io/effect"}}) {
      auto* members = metadata->find(map);
      if (members == nullptr || !members->is_map()) continue;
      members->mutable_members().erase(key);
      if (members->size() == 0) metadata->mutable_members().erase(map);
    }
  }
  if (auto* spec = pod.find("spec")) {
    for (const auto* list : {"containers", "initContainers"}) {
      auto* containers = spec->find(list);
      if (containers == nullptr) continue;
      for (auto& container : containers->mutable_items()) {
        auto* env = container.find("env");
        if (env == nullptr) continue;
        for (auto& one : env->mutable_items()) {
          if (one.get_string("name") == "JENKINS_SECRET") one.set("value", "");
        }
      }
    }
  }
  auto text = data::format_json_canonical(pod);
  // The name also stands in variables and arguments. It has random letters: nothing else looks like it.
  for (auto at = text.find(plan.name); !plan.name.empty() && at != std::string::npos; at = text.find(plan.name, at)) {
    text.erase(at, plan.name.size());
  }
  return text::encode_hex(text::digest("SHA-256", text).value_or(std::string())).substr(0, kShown);
}

}  // namespace windlass::pods
