#include "cli/completion_lists.h"

#include <filesystem>
#include <map>

#include "catalog/catalog.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/state.h"
#include "cli/terminal_text.h"
#include "engine/replay.h"
#include "engine/restart.h"
#include "engine/step_restart.h"
#include "jenkinsfile/parameter_names.h"

namespace windlass::cli {
namespace {

constexpr std::size_t kMostRuns = 200;
constexpr std::size_t kMostPoints = 500;

/// The last value of each option by its full name, and the first argument, of a line that nobody says is right.
std::map<std::string, std::string, std::less<>> options_of(const std::vector<std::string>& line) {
  std::map<std::string, std::string, std::less<>> out;
  if (line.empty()) return out;
  const Command* command = nullptr;
  for (const auto* one : commands()) {
    if (one->name == line[0]) command = one;
  }
  if (command == nullptr) return out;
  for (std::size_t i = 1; i < line.size(); ++i) {
    std::string name = line[i];
    std::string value;
    const auto equals = name.find('=');
    if (!name.starts_with('-') || name == "-") {
      if (out["FILE"].empty() && name != "=") out["FILE"] = name;
      continue;
    }
    if (equals != std::string::npos) value = name.substr(equals + 1);
    name = name.substr(0, equals);
    const OptionRow* row = option_of_letter(command->options, name);
    for (const auto& one : command->options) {
      if (one.name == name) row = &one;
    }
    if (row == nullptr || row->shape == OptionRow::Shape::flag) continue;
    if (equals == std::string::npos) {
      if (i + 1 < line.size() && line[i + 1] == "=") ++i;
      if (i + 1 < line.size() && !line[i + 1].starts_with('-')) value = line[++i];
      // NAME = VALUE is one word that the shell has broken.
      while (i + 2 < line.size() && line[i + 1] == "=") {
        value += "=" + line[i + 2];
        i += 2;
      }
    }
    out[std::string(row->name)] = value;
  }
  return out;
}

std::string first_line(std::string_view text) {
  std::string out = without_controls(text.substr(0, text.find('\n')));
  return shortened(out, 80);
}

class Lists {
 public:
  Lists(const Invocation& in, const std::vector<std::string>& line) : in_(in), given_(options_of(line)) {}

  Result<std::vector<Candidate>> make(std::string_view what) {
    if (what == "steps") return steps();
    if (what == "commands") return of_commands();
    if (what == "runs") return runs();
    if (what == "parameters") return parameters();
    if (what == "stages") return stages();
    return points();
  }

 private:
  [[nodiscard]] std::string get(std::string_view name) const {
    const auto found = given_.find(name);
    return found == given_.end() ? "" : found->second;
  }
  [[nodiscard]] std::string script_path() const {
    std::string file = get("--file");
    if (file.empty()) file = get("FILE");
    return absolute_path(in_.working_folder, file.empty() ? "Jenkinsfile" : file);
  }
  /// The run that a restart is of.
  Result<std::pair<std::unique_ptr<journal::StateFolder>, journal::RunInfo>> restarted() const {
    auto state = WL_TRY(open_state(in_, get("--state")));
    if (const auto id = get("--restart-of"); !id.empty()) {
      auto run = WL_TRY(find_stored_run(*state, id, in_.language));
      return std::pair{std::move(state), std::move(run)};
    }
    std::string job = get("--job");
    if (job.empty()) {
      const std::string folder = get("--dir").empty() ? std::filesystem::path(script_path()).parent_path().string()
                                                      : absolute_path(in_.working_folder, get("--dir"));
      job = std::filesystem::path(folder).filename().string();
    }
    auto run = WL_TRY(state->previous(job, UINT64_MAX));
    if (!run) return fail(ErrorKind::not_found, {"there is no run yet", "还没有运行"});
    return std::pair{std::move(state), std::move(*run)};
  }

  Result<std::vector<Candidate>> steps() const {
    std::vector<Candidate> out;
    for (const auto& step : catalog::Catalog().steps())
      out.push_back(
          {std::string(step.name), first_line(in_.language == Language::chinese ? step.help.zh : step.help.en)});
    return out;
  }
  Result<std::vector<Candidate>> of_commands() const {
    std::vector<Candidate> out;
    for (const auto* command : commands())
      out.push_back({std::string(command->name), std::string(command->summary.in(in_.language))});
    return out;
  }
  Result<std::vector<Candidate>> runs() const {
    const auto state = WL_TRY(open_state(in_, get("--state")));
    std::vector<Candidate> out;
    for (const auto& run : WL_TRY(state->list(kMostRuns))) out.push_back({run.id(), run.end ? run.end->result : ""});
    return out;
  }
  Result<std::vector<Candidate>> parameters() const {
    std::vector<Candidate> out;
    for (const auto& one : jenkinsfile::parameter_names_of(WL_TRY(read_file(script_path(), in_.language)))) {
      out.push_back({one.name + "=", first_line(one.description)});
      for (const auto& value : one.values) out.push_back({one.name + "=" + value, ""});
    }
    return out;
  }
  Result<std::vector<Candidate>> stages() const {
    engine::RunInputs inputs;
    if (auto run = restarted()) {
      inputs = WL_TRY(inputs_of(*run->first, run->second));
    } else {
      inputs.script = WL_TRY(read_file(script_path(), in_.language));
    }
    std::vector<Candidate> out;
    for (auto& name : engine::restart_outline(inputs).stages) out.push_back({std::move(name), ""});
    return out;
  }
  Result<std::vector<Candidate>> points() const {
    auto run = WL_TRY(restarted());
    const auto trace = WL_TRY(engine::trace_run(*run.first, run.second));
    std::vector<Candidate> out;
    for (const auto& point : engine::restart_points(trace)) {
      if (out.size() == kMostPoints) break;
      out.push_back({std::to_string(point.flow_node), first_line(point.text())});
    }
    return out;
  }

  const Invocation& in_;
  std::map<std::string, std::string, std::less<>> given_;
};

}  // namespace

Result<std::vector<Candidate>> completion_list(const Invocation& in, std::string_view what,
                                               const std::vector<std::string>& line) {
  auto found = WL_TRY(Lists(in, line).make(what));
  // Each is a line of its own with a tab in it at most once.
  std::erase_if(found, [](const Candidate& one) { return one.value.find_first_of("\t\n\r") != std::string::npos; });
  return found;
}

}  // namespace windlass::cli
