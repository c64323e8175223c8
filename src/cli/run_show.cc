#include "cli/run_show.h"

#include <algorithm>
#include <filesystem>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/lint_report.h"
#include "cli/plain_view.h"
#include "cli/questions.h"
#include "cli/run_list.h"
#include "cli/terminal_text.h"
#include "engine/replay.h"
#include "engine/step_restart.h"
#include "text/shell_quote.h"

namespace windlass::cli {
namespace {

std::pair<std::size_t, std::size_t> terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {80, 24};
  return {size.ws_col, size.ws_row};
}

/// A locale that says so, or a console whose font has no such signs. An unset locale is no reason: in containers it
/// always is.
bool needs_ascii(const Invocation& in) {
  if (in.env("TERM") == "linux") return true;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    auto value = in.env(name);
    if (value.empty()) continue;
    return value.find("UTF-8") == std::string::npos && value.find("utf8") == std::string::npos &&
           value.find("utf-8") == std::string::npos;
  }
  return false;
}

/// A sign # inside a word needs no quotes, and IDs are meant to be typed.
std::string id_word(const std::string& id) {
  auto sign = id.rfind('#');
  auto job = id.substr(0, sign);
  return sign != std::string::npos && sign > 0 && text::shell_quote(job) == job ? id : text::shell_quote(id);
}

/// As somebody in `folder` would write it.
std::string seen_from(const std::string& folder, const std::string& path) {
  auto relative = std::filesystem::path(path).lexically_relative(folder).string();
  return relative.empty() || relative.starts_with("..") ? path : relative;
}

bool is_declarative(const std::string& script) {
  auto at = script.find("pipeline");
  if (at == std::string::npos) return false;
  auto next = script.find_first_not_of(" \t\r\n", at + 8);
  return next != std::string::npos && script[next] == '{';
}

}  // namespace

RunShow::RunShow(const Invocation& in, const std::string& output, ShownRun run,
                 std::function<std::int64_t()> now_millis)
    : in_(in), run_(std::move(run)), echo_(output == "tree" && in.stdin_is_terminal) {
  if (output == "plain") {
    view_ = std::make_unique<PlainView>(print);
  } else if (output == "json") {
    view_ = std::make_unique<JsonView>(print);
  } else {
    TreeFacts facts{run_.started_millis, run_.expected, run_.file};
    TreeStyle style;
    style.color = in.env("NO_COLOR").empty() && !in.dumb();
    style.ascii = needs_ascii(in);
    style.language = in.language;
    auto tree = std::make_unique<TreeView>(std::move(facts), style, print, now_millis, terminal_size);
    tree_ = tree.get();
    view_ = std::move(tree);
    hooks_.tick = [this] { tree_->tick(); };
  }
  hooks_.observer = view_.get();
  hooks_.now_millis = std::move(now_millis);
  // Crash tests (tests/crash): `engine/POINT:N`, `shim/POINT:N` or `link/POINT:N` names the place where a process dies.
  std::string crash_at = in.env("WINDLASS_TEST_CRASH_AT");
  fault_ = Fault(crash_at.starts_with("engine/") ? crash_at.substr(7) : std::string());
  hooks_.fault = &fault_;
  if (crash_at.starts_with("shim/")) hooks_.shim_fault = crash_at.substr(5);
  if (crash_at.starts_with("link/")) hooks_.link_fault = crash_at.substr(5);
  hooks_.complain = [this](std::string_view sentence) {
    if (tree_ != nullptr) tree_->clear();
    complain(sentence, 0);
  };
  if (in.stdin_is_terminal && in.stdout_is_terminal) {
    hooks_.ask = [this](const engine::Question& question) {
      if (tree_ != nullptr) tree_->clear();
      echo_.give_back();
      auto answer = ask_on_terminal(question, in_.language);
      if (tree_ != nullptr) echo_.take();
      return answer;
    };
  }
}

void RunShow::give_up() {
  if (tree_ != nullptr) tree_->clear();
  echo_.give_back();
}

void RunShow::end(const engine::RunEnding& ending, journal::StateFolder& state, const std::string& state_option) {
  echo_.give_back();
  if (tree_ == nullptr) {
    if (ending.killed) {
      complain(
          say(in_.language, {"stopped; go on with: windlass run --resume {}", "已停止；继续：windlass run --resume {}"},
              {ending.run_id}),
          0);
    }
    return;
  }
  if (ending.invalid) {
    tree_->clear();
    LintStyle style{.json = false, .color = in_.color(), .warnings = false, .language = in_.language};
    (void)report_findings(run_.file, run_.script, style, print);
  }
  tree_->leave(hints(ending, state, state_option));
}

namespace {

/// To evaluate such a run again takes as long as it took.
bool reached_limit(journal::StateFolder& state, const journal::RunInfo& run) {
  bool found = false;
  auto reader = state.read_run(run);
  if (reader) {
    static_cast<void>((*reader)->visit_entries([&](journal::Entry&& entry) {
      found = found || entry.type == journal::EntryType::limit;
      return !found;
    }));
  }
  return found;
}

}  // namespace

std::vector<std::string> RunShow::hints(const engine::RunEnding& ending, journal::StateFolder& state,
                                        const std::string& state_option) const {
  std::vector<std::string> out;
  auto command = [&](Text what, std::string line) {
    if (!state_option.empty()) line += " --state " + text::shell_quote(state_option);
    out.push_back(padded(what.in(in_.language), 18) + line);
  };
  auto id = id_word(ending.run_id);
  if (ending.killed) {
    command({"go on", "继续运行"}, "windlass run --resume " + id);
    return out;
  }
  if (auto found = state.find(ending.run_id); found) {
    auto reader = state.read_run(*found);
    auto harvest = reader ? harvest_of(**reader) : Result<Harvest>(Harvest{});
    if (harvest && harvest->tests > 0) {
      out.push_back(padded(say(in_.language, {"tests", "测试"}), 18) +
                    say(in_.language, {"{}, {} failed, {} skipped", "{} 个，失败 {}，跳过 {}"},
                        {std::to_string(harvest->tests), std::to_string(harvest->failed_tests),
                         std::to_string(harvest->skipped_tests)}));
    }
    if (harvest && harvest->artifacts > 0) {
      out.push_back(padded(say(in_.language, {"artifacts", "产物"}), 18) +
                    say(in_.language, {"{} in {}", "{} 个，位于 {}"},
                        {std::to_string(harvest->artifacts), seen_from(in_.working_folder, harvest->artifact_folder)}));
    }
  }
  command({"whole log", "完整日志"}, "windlass logs " + id);
  if (ending.result != "FAILURE" || ending.invalid) return out;
  auto nodes = tree_->model().bad_nodes();
  const auto* cause = first_cause(nodes, ending.result);
  if (auto found = state.find(ending.run_id); found && cause != nullptr) {
    // Only a step that asks something of the world is one where a restart can begin.
    auto trace =
        reached_limit(state, *found) ? Result<engine::RunTrace>(engine::RunTrace{}) : engine::trace_run(state, *found);
    const auto points = trace ? engine::restart_points(*trace) : std::vector<engine::RestartPoint>();
    if (std::ranges::any_of(points, [&](const auto& point) { return point.flow_node == cause->id; })) {
      command({"from this step", "从此步骤重跑"}, "windlass run --restart-step " + std::to_string(cause->id));
    }
  }
  if (is_declarative(run_.script)) {
    auto path = cause == nullptr ? "" : stage_path(nodes, *cause);
    auto top = path.substr(0, path.find(" / "));
    if (!top.empty() && !top.starts_with("Declarative: ")) {
      command({"from this stage", "从此阶段重跑"}, "windlass run --restart-stage " + text::shell_quote(top));
    }
  }
  return out;
}

}  // namespace windlass::cli
