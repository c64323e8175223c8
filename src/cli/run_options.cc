#include "cli/run_options.h"

#include <filesystem>
#include <optional>
#include <sys/random.h>
#include <tuple>
#include <unistd.h>

#include "cli/budgets.h"
#include "cli/files.h"
#include "cli/git_project.h"
#include "cli/terminal_text.h"
#include "data/json.h"
#include "steps/credential_store.h"

namespace windlass::cli {
namespace {

namespace fs = std::filesystem;

Result<std::pair<std::string, std::string>> key_value(const Invocation& in, const std::string& option,
                                                      const std::string& text) {
  auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(ErrorKind::invalid,
                say(in.language, {"{} {}: write NAME=VALUE", "{} {}：请写成 名称=值"}, {option, text}));
  }
  return std::pair{text.substr(0, equals), text.substr(equals + 1)};
}

Result<std::string> existing_folder(const Invocation& in, const std::string& option, const std::string& path) {
  auto folder = absolute_path(in.working_folder, path);
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return fail(ErrorKind::invalid, say(in.language, {"{}: there is no folder {}", "{}：没有目录 {}"}, {option, path}));
  }
  return folder;
}

/// The name of the machine's zone: TZ, else what /etc/localtime points to; empty where neither names one.
std::string local_zone(std::string zone) {
  constexpr std::string_view kFolder = "/zoneinfo/";
  if (zone.starts_with(':')) zone.erase(0, 1);
  if (zone.empty()) {
    std::error_code error;
    zone = fs::read_symlink("/etc/localtime", error).string();
    if (zone.find(kFolder) == std::string::npos) zone.clear();
  }
  if (auto at = zone.find(kFolder); at != std::string::npos) zone.erase(0, at + kFolder.size());
  return zone;
}

/// Address and version of `https://host/path@version` or `user@host:path@version`; nullopt when it is a folder.
std::optional<std::pair<std::string, std::string>> split_repository(const std::string& text) {
  std::size_t path = 0;
  if (const auto scheme = text.find("://"); scheme != std::string::npos) {
    path = text.find('/', scheme + 3);
  } else {
    const auto colon = text.find(':');
    const auto at = text.find('@');
    if (at == std::string::npos || colon == std::string::npos || colon < at || text.find('/') < colon)
      return std::nullopt;
    path = colon;
  }
  const auto version = path == std::string::npos ? path : text.find('@', path);
  if (version == std::string::npos) return std::pair{text, std::string()};
  return std::pair{text.substr(0, version), text.substr(version + 1)};
}

Result<data::Value> parse_json_argument(const Invocation& in, const std::string& option, const std::string& text) {
  auto value = data::parse_json(text);
  if (!value) {
    return fail(ErrorKind::invalid, say(in.language, {"{} is not JSON: {}", "{} 不是 JSON：{}"},
                                        {option, error_text(value.error(), in.language)}));
  }
  return *value;
}

/// Its values are not shown: they are secrets.
Result<> check_credential(const data::Value& credential, std::size_t number) {
  if (!credential.is_map() || credential.get_string("id").empty()) {
    return fail(ErrorKind::invalid,
                {"--credentials: the entry {} needs an \"id\"", "--credentials：第 {} 项需要 \"id\""}, {number});
  }
  if (!credential.get_string("type").empty()) return {};
  std::string known;
  for (const auto name : steps::credential_type_names()) known += (known.empty() ? "" : ", ") + std::string(name);
  return fail(ErrorKind::invalid, {"--credentials: {} needs a \"type\": {} …", "--credentials：{} 需要 \"type\"：{} …"},
              {credential.get_string("id"), known});
}

}  // namespace

Result<engine::RunInputs> gather_inputs(const Invocation& in, const ParsedOptions& options, std::int64_t now_millis) {
  engine::RunInputs inputs;
  auto file = options.get("--file", options.get("FILE", "Jenkinsfile"));
  inputs.script_path = file;
  std::string file_path = file == "-" ? file : absolute_path(in.working_folder, file);
  if (std::error_code error; file == "Jenkinsfile" && !fs::exists(file_path, error)) {
    return fail(ErrorKind::not_found, say(in.language,
                                          {"there is no Jenkinsfile in {}; name one: windlass run FILE",
                                           "{} 中没有 Jenkinsfile；请指定：windlass run FILE"},
                                          {in.working_folder}));
  }
  inputs.script = WL_TRY(read_file(file_path, in.language));
  std::string folder = file == "-" ? in.working_folder : fs::path(file_path).parent_path().string();
  if (options.has("--dir")) folder = WL_TRY(existing_folder(in, "--dir", options.get("--dir")));
  inputs.project_folder = absolute_path(in.working_folder, folder);
  inputs.job = options.get("--job", fs::path(inputs.project_folder).filename().string());
  if (inputs.job.empty()) inputs.job = "root";
  inputs.started_millis = now_millis;
  (void)::getrandom(&inputs.secret_seed, sizeof inputs.secret_seed, 0);
  inputs.user_name = in.env("USER").empty() ? (::getuid() == 0 ? "root" : std::to_string(::getuid())) : in.env("USER");
  inputs.user_id = inputs.user_name;
  inputs.cause = "Started by user " + inputs.user_name;
  inputs.time_zone = local_zone(in.env("TZ"));
  for (const auto& entry : in.environment) {
    auto equals = entry.find('=');
    if (equals != std::string::npos && equals > 0)
      inputs.environment[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  for (const auto& text : options.all("--env")) {
    auto [k, v] = WL_TRY(key_value(in, "--env", text));
    inputs.environment[k] = v;
    if (k == "TZ") inputs.time_zone = local_zone(v);
  }
  for (const auto& text : options.all("--param")) inputs.parameters.push_back(WL_TRY(key_value(in, "--param", text)));
  inputs.labels = options.all("--label");
  for (const auto& text : options.all("--node")) {
    auto value = WL_TRY(parse_json_argument(in, "--node", text));
    engine::NodeInput node;
    node.name = value.get_string("name");
    if (node.name.empty())
      return fail(ErrorKind::invalid,
                  say(in.language, {"--node needs a \"name\": {}", "--node 需要 \"name\"：{}"}, {text}));
    std::string labels = value.get_string("labels");
    for (std::size_t i = 0; i < labels.size();) {
      auto space = labels.find(' ', i);
      if (space == std::string::npos) space = labels.size();
      if (space > i) node.labels.push_back(labels.substr(i, space - i));
      i = space + 1;
    }
    if (const auto* env = value.find("env")) {
      for (const auto& entry : env->members()) node.environment[entry.key] = entry.value.text();
    }
    inputs.nodes.push_back(std::move(node));
  }
  for (const auto* option : {"--library", "--library-implicit"}) {
    for (const auto& text : options.all(option)) {
      auto [name, path] = WL_TRY(key_value(in, option, text));
      engine::LibraryInput library{.name = name, .implicit = std::string_view(option) == "--library-implicit"};
      if (auto repository = split_repository(path)) {
        std::tie(library.repository, library.version) = *repository;
      } else {
        library.folder = WL_TRY(existing_folder(in, option, path));
      }
      inputs.libraries.push_back(std::move(library));
    }
  }
  for (const auto& text : options.all("--tool")) {
    auto [name, path] = WL_TRY(key_value(in, "--tool", text));
    inputs.tools.push_back({name, WL_TRY(existing_folder(in, "--tool", path))});
  }
  for (const auto& text : options.all("--job-file")) {
    auto [name, path] = WL_TRY(key_value(in, "--job-file", text));
    inputs.job_files[name] = WL_TRY(read_file(absolute_path(in.working_folder, path), in.language));
  }
  if (options.has("--credentials")) {
    auto path = absolute_path(in.working_folder, options.get("--credentials"));
    auto text = WL_TRY(read_file(path, in.language));
    inputs.credentials = WL_TRY(parse_json_argument(in, "--credentials", text));
    if (!inputs.credentials.is_list())
      return fail(
          ErrorKind::invalid,
          say(in.language, {"--credentials: {} must hold a JSON list", "--credentials：{} 应为 JSON 列表"}, {path}));
    for (std::size_t i = 0; i < inputs.credentials.size(); ++i)
      WL_CHECK_OK(check_credential(inputs.credentials.items()[i], i + 1));
  }
  inputs.answers = data::Value::list();
  for (const auto& text : options.all("--input")) {
    auto answer = WL_TRY(parse_json_argument(in, "--input", text));
    auto action = answer.get_string("action");
    if (action != "proceed" && action != "abort") {
      return fail(ErrorKind::invalid, say(in.language,
                                          {"--input needs \"action\": \"proceed\" or \"abort\": {}",
                                           "--input 需要 \"action\"：\"proceed\" 或 \"abort\"：{}"},
                                          {text}));
    }
    inputs.answers.push(std::move(answer));
  }
  inputs.sandbox = options.has("--sandbox");
  inputs.keep_workspace = options.has("--keep-workspace");
  const auto budgets = WL_TRY(parse_budgets(options, in.language));
  inputs.max_instructions = budgets.instructions;
  inputs.max_bytes = budgets.live_bytes;
  inputs.max_depth = budgets.depth;
  inputs.scm = WL_TRY(inspect_git(inputs.project_folder, in.environment));
  return inputs;
}

}  // namespace windlass::cli
