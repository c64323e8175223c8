#include "steps/project_of_run.h"

#include <algorithm>

#include "steps/place_files.h"

namespace windlass::steps {

std::expected<ProjectSnapshot, StepError> project_of(EffectContext& context, std::string_view step) {
  const auto fact = [&context](std::string_view name) { return context.run.fact(name); };
  if (auto sent = fact("scm_repository"); !sent.empty()) {
    return ProjectSnapshot{.repository = std::move(sent),
                           .head = fact("scm_head"),
                           .tree = fact("scm_tree"),
                           .changed = std::strtoll(fact("scm_changed").c_str(), nullptr, 10),
                           .complaint = fact("scm_complaint")};
  }
  const auto folder = fact("scm_folder");
  if (folder.empty()) {
    return abort_with("‘" + std::string(step) +
                      "’ is only available when using “Multibranch Pipeline” or “Pipeline script from SCM”");
  }
  auto own = context.run.run_folder("scm");
  if (!own) return io_error(own.error());
  auto snapshot = ensure_project_snapshot(
      {.folder = folder, .commit = fact("scm_commit"), .branch = fact("scm_branch"), .excluded = fact("state_folder")},
      *own, context.place.environment);
  if (!snapshot) return abort_with(snapshot.error().message);
  return std::move(*snapshot);
}

bool asks_for_project(const data::Value& scm, const std::map<std::string, std::string>& environment) {
  const auto kind = scm.get_string("$class");
  if (kind == "scmGit") {
    const auto form = read_git_form(scm, environment);
    return form && form->is_project;
  }
  const auto* list = kind == "multiSCM" ? scm.find("scmList") : nullptr;
  return list != nullptr && std::ranges::any_of(list->items(), [&](const data::Value& one) {
           return one.get_string("$class") == "scmGit" && asks_for_project(one, environment);
         });
}

}  // namespace windlass::steps
