#include "engine/restart.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "catalog/catalog.h"
#include "groovy/parser.h"
#include "jenkinsfile/step_catalog.h"
#include "jenkinsfile/validate.h"

namespace windlass::engine {

RestartOutline restart_outline(const RunInputs& inputs) {
  RestartOutline out;
  auto parsed = groovy::parse(std::make_shared<const groovy::Source>(inputs.script_name, inputs.script));
  if (!parsed.diagnostics.empty()) return out;
  catalog::Catalog steps;
  auto validation = jenkinsfile::validate(*parsed.tree, *jenkinsfile::make_step_catalog(steps));
  if (validation.models.empty()) return out;
  const auto& model = validation.models.front();
  out.is_declarative = true;
  if (model.stages) {
    for (const auto& stage : model.stages->stages) out.stages.push_back(stage.name);
  }
  if (model.options) {
    for (const auto& call : model.options->calls) {
      out.forbids_restart = out.forbids_restart || call.name == "disableRestartFromStage";
      out.preserves_stashes = out.preserves_stashes || call.name == "preserveStashes";
    }
  }
  return out;
}
namespace {

/// With empty folders, which a git repository has and needs.
Result<> copy_folder(const std::string& from, const std::string& to, const std::string& name) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(from + "/" + name, error)) return {};
  fs::copy(from + "/" + name, to + "/" + name, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
  if (error)
    return fail(ErrorKind::unavailable, {"cannot copy {}/{}: {}", "无法复制 {}/{}：{}"}, {from, name, error.message()});
  return {};
}

}  // namespace

RunInputs restarted(const RunInputs& before, std::uint64_t number, RunInputs fresh, std::string stage, bool stashes) {
  auto out = before;
  out.number = 0;
  out.cause = std::move(fresh.cause) + "\nRestarted from build #" + std::to_string(number) + ", stage " + stage;
  out.upstream.clear();  // whoever began that run does not wait for this one
  out.user_id = std::move(fresh.user_id);
  out.user_name = std::move(fresh.user_name);
  out.started_millis = fresh.started_millis;
  out.secret_seed = fresh.secret_seed;
  out.credentials = std::move(fresh.credentials);
  out.services = std::move(fresh.services);
  // Libraries of the configuration are those of today: the folders of the others are gone.
  if (std::ranges::any_of(fresh.libraries, &LibraryInput::configured)) out.libraries = std::move(fresh.libraries);
  // What was wiped when the run ended is given again, or has the default of the Jenkinsfile.
  std::erase_if(out.parameters, [&](const auto& one) { return before.wiped_parameters.contains(one.first); });
  for (auto& given : fresh.parameters) {
    if (before.wiped_parameters.contains(given.first)) out.parameters.push_back(std::move(given));
  }
  out.wiped_parameters.clear();
  out.answers = std::move(fresh.answers);
  out.previous_result.clear();
  out.restart_stage = std::move(stage);
  out.restart_of = number;
  out.restart_with_stashes = stashes;
  out.keep_workspace = true;  // what the skipped stages made is what the others need
  if (fresh.max_instructions != 0) out.max_instructions = fresh.max_instructions;
  if (fresh.max_bytes != 0) out.max_bytes = fresh.max_bytes;
  if (fresh.max_depth != 0) out.max_depth = fresh.max_depth;
  return out;
}

RunInputs restarted_at_step(const RunInputs& before, std::uint64_t number, RunInputs fresh, const std::string& point) {
  auto cause = fresh.cause + "\nRestarted from build #" + std::to_string(number) + ", " + point;
  auto out = restarted(before, number, std::move(fresh), {}, true);
  out.cause = std::move(cause);
  out.restart_stage = before.restart_stage;
  out.keep_workspace = before.keep_workspace;  // nodes that are open at the step are never emptied
  return out;
}

Result<> carry_over(journal::StateFolder& state, const RunInputs& inputs, journal::RunJournal& to) {
  if (inputs.restart_of == 0) return {};
  auto run = WL_TRY(state.find(inputs.job + "#" + std::to_string(inputs.restart_of)));
  auto reader = WL_TRY(state.read_run(run));
  const auto from = reader->folder() + "/files";
  const auto own = to.folder() + "/files";
  std::error_code error;
  std::filesystem::create_directory(own, error);
  if (error) return fail(ErrorKind::unavailable, {"cannot make {}: {}", "无法创建 {}：{}"}, {own, error.message()});
  WL_CHECK_OK(copy_folder(from, own, "scm"));
  if (!inputs.restart_with_stashes) return {};
  WL_CHECK_OK(copy_folder(from, own, "stashes"));
  for (const auto& record : WL_TRY(reader->records("stash"))) WL_CHECK_OK(to.put_record(record, true));
  return {};
}

}  // namespace windlass::engine
