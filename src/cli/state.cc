#include "cli/state.h"

#include <filesystem>
#include <vector>

#include "cli/files.h"
#include "cli/run_list.h"
#include "cli/terminal_text.h"
#include "engine/local_run.h"
#include "engine/stored_run.h"

namespace windlass::cli {

Result<std::unique_ptr<journal::StateFolder>> open_state(const Invocation& invocation, const std::string& given) {
  std::string path = given;
  if (path.empty()) {
    auto base = invocation.env("XDG_STATE_HOME");
    if (base.empty()) {
      auto home = invocation.env("HOME");
      if (home.empty()) {
        return fail(ErrorKind::invalid,
                    say(invocation.language,
                        {"neither HOME nor XDG_STATE_HOME is set; say where to keep runs with --state FOLDER",
                         "HOME 与 XDG_STATE_HOME 均未设置；请用 --state 指定保存运行的目录"}));
      }
      base = home + "/.local/state";
    }
    path = base + "/windlass";
  }
  path = absolute_path(invocation.working_folder, path);
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  return journal::StateFolder::open(path, nullptr, [](const std::string& sentence) { (void)complain(sentence, 0); });
}

Result<journal::RunInfo> find_stored_run(journal::StateFolder& state, const std::string& id, Language language) {
  if (!id.empty()) {
    auto found = state.find(id);
    if (found || found.error().kind != ErrorKind::not_found || language == Language::english) return found;
    return fail(ErrorKind::not_found, say(language, {"", "没有运行 {}；windlass runs 可列出全部运行"}, {id}));
  }
  if (auto run = WL_TRY(state.newest())) return std::move(*run);
  return fail(ErrorKind::not_found, say(language, {"there is no run in {}", "{} 中没有运行"}, {state.path()}));
}

Result<journal::RunInfo> find_run_to_resume(journal::StateFolder& state, const std::string& id, Language language) {
  if (!id.empty()) return find_stored_run(state, id, language);
  // A run that a `build` step began goes on with the run that began it.
  if (auto run = WL_TRY(state.newest_unfinished())) return engine::outermost_run(state, std::move(*run));
  return engine::outermost_run(state, WL_TRY(find_stored_run(state, id, language)));
}

std::map<std::string, std::int64_t> expected_durations(journal::StateFolder& state, const std::string& job) {
  std::map<std::string, std::int64_t> out;
  auto previous = state.previous(job, UINT64_MAX, "SUCCESS");
  if (previous && !*previous) previous = state.previous(job, UINT64_MAX);
  if (!previous || !*previous || !(*previous)->end) return out;
  auto reader = state.read_run(**previous);
  if (!reader) return out;
  auto nodes = flow_of(**reader);
  if (!nodes) return out;
  out[""] = (*previous)->end->ended_ms - (*previous)->created_ms;
  for (const auto& node : *nodes) {
    if (!is_stage(node) || node.ended_millis == 0 || node.result == "NOT_BUILT") continue;
    out[stage_path(*nodes, node)] = node.ended_millis - node.started_millis;
  }
  return out;
}

Result<engine::RunInputs> inputs_of(journal::StateFolder& state, const journal::RunInfo& run) {
  auto reader = WL_TRY(state.read_run(run));
  return engine::stored_inputs(*reader);
}

}  // namespace windlass::cli
