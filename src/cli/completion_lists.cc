#include "cli/completion_lists.h"

#include <filesystem>
#include <map>

#include "catalog/catalog.h"
#include "cli/client.h"
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
constexpr std::size_t kMostProjects = 50;  ///< whose pipelines are asked for
constexpr std::int64_t kPatience = 2'000;  ///< milliseconds for an answer of the server
constexpr std::string_view kProjects = "/kapis/windlass.io/v1/projects?limit=1000000";
constexpr std::string_view kPipelines = "/kapis/devops.kubesphere.io/v1alpha3/devops/";

/// The last value of each option by its full name, "yes" of a flag, the command as "COMMAND", and the first argument,
/// of a line that nobody says is right.
std::map<std::string, std::string, std::less<>> options_of(const std::vector<std::string>& line) {
  std::map<std::string, std::string, std::less<>> out;
  if (line.empty()) return out;
  const Command* command = nullptr;
  for (const auto* one : commands()) {
    if (one->name == line[0]) command = one;
  }
  if (command == nullptr) return out;
  out["COMMAND"] = line[0];
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
    if (row == nullptr) continue;
    if (row->shape == OptionRow::Shape::flag) {
      out[std::string(row->name)] = "yes";
      continue;
    }
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

std::string name_of(const data::Value& object) {
  const auto* metadata = object.find("metadata");
  return metadata == nullptr ? std::string() : metadata->get_string("name");
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
    if (what == "projects") return projects();
    if (what == "pipelines") return pipelines();
    if (what == "questions") return questions();
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
  Result<Client> server() const {
    auto client = WL_TRY(Client::open(in_));
    client.set_patience(kPatience);
    return client;
  }
  static Result<std::vector<std::string>> names_at(const Client& client, const std::string& path) {
    const auto all = WL_TRY(client.json("GET", path));
    std::vector<std::string> out;
    if (const auto* items = all.find("items"); items != nullptr && items->is_list()) {
      for (const auto& one : items->items()) out.push_back(name_of(one));
    }
    return out;
  }
  Result<std::vector<Candidate>> projects() const {
    const auto client = WL_TRY(server());
    std::vector<Candidate> out;
    for (auto& name : WL_TRY(names_at(client, std::string(kProjects)))) {
      out.push_back({std::move(name), ""});
    }
    return out;
  }
  Result<std::vector<Candidate>> pipelines() const {
    if (!get("--local").empty()) return runs();
    const auto client = WL_TRY(server());
    const auto projects = WL_TRY(names_at(client, std::string(kProjects)));
    std::vector<Candidate> out;
    for (std::size_t i = 0; i < std::min(projects.size(), kMostProjects); ++i) {
      const auto path = std::string(kPipelines) + percent_encoded(projects[i]) + "/pipelines?limit=1000000";
      const auto names = names_at(client, path);
      if (!names) continue;  // a project that may be seen, but not what is in it
      for (const auto& name : *names) out.push_back({projects[i] + "/" + name, ""});
    }
    return out;
  }
  /// The run that `input` is about: its view.
  Result<data::Value> asking(const Client& client) const {
    const auto name = WL_TRY(parse_run_name(get("FILE"), false, in_.language));
    const auto run = WL_TRY(client.resolve(name));
    return client.json("GET", Client::view_path(run));
  }
  Result<std::vector<data::Value>> inputs() const {
    const auto client = WL_TRY(server());
    const auto view = WL_TRY(asking(client));
    std::vector<data::Value> out;
    if (const auto* waiting = view.find("waiting"); waiting != nullptr && waiting->is_list()) {
      for (const auto& one : waiting->items()) {
        if (const auto* input = one.find("input"); input != nullptr) out.push_back(*input);
      }
    }
    return out;
  }
  Result<std::vector<Candidate>> questions() const {
    std::vector<Candidate> out;
    for (const auto& one : WL_TRY(inputs()))
      out.push_back({one.get_string("id"), first_line(one.get_string("message"))});
    return out;
  }
  Result<std::vector<Candidate>> parameters_of_questions() const {
    std::vector<Candidate> out;
    for (const auto& question : WL_TRY(inputs())) {
      if (!get("--id").empty() && question.get_string("id") != get("--id")) continue;
      const auto* parameters = question.find("parameters");
      if (parameters == nullptr || !parameters->is_list()) continue;
      for (const auto& one : parameters->items())
        out.push_back({one.get_string("name") + "=", first_line(one.get_string("description"))});
    }
    return out;
  }
  /// Those that the pipeline's object lists, else those that its script defines.
  Result<std::vector<Candidate>> parameters_of_pipeline() const {
    const auto client = WL_TRY(server());
    const auto name = WL_TRY(parse_run_name(get("FILE"), false, in_.language));
    const auto object = WL_TRY(client.pipeline(name));
    const auto* spec = object.find("spec");
    const auto* block = spec == nullptr ? nullptr : spec->find("pipeline");
    if (block == nullptr) return std::vector<Candidate>();
    std::vector<Candidate> out;
    if (const auto* listed = block->find("parameters"); listed != nullptr && listed->is_list()) {
      for (const auto& one : listed->items())
        out.push_back({one.get_string("name") + "=", first_line(one.get_string("description"))});
    }
    return out.empty() ? with_values(jenkinsfile::parameter_names_of(block->get_string("jenkinsfile"))) : out;
  }
  Result<std::vector<Candidate>> parameters() const {
    if (get("COMMAND") == "start") return parameters_of_pipeline();
    if (get("COMMAND") == "input") return parameters_of_questions();
    return with_values(jenkinsfile::parameter_names_of(WL_TRY(read_file(script_path(), in_.language))));
  }
  static std::vector<Candidate> with_values(const std::vector<jenkinsfile::ParameterName>& names) {
    std::vector<Candidate> out;
    for (const auto& one : names) {
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
