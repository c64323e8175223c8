// windlass casc: what Jenkins' Configuration as Code means here. check says what is used and what is not and why,
// export prints what was understood, diff what another configuration would change, import turns the old stack's values
// into our files. Nothing else is changed.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include "casc/casc.h"
#include "casc/import_values.h"
#include "casc/jenkins_xml.h"
#include "casc/sections.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "data/yaml.h"

namespace windlass::cli {
namespace {

using Shape = OptionRow::Shape;
using data::Value;

constexpr OptionRow kOptions[] = {
    {"ACTION",
     "check|export|diff|import",
     Shape::value,
     {"check: what is used, what is not and why; export: what was understood, as one file; diff: what B would change; "
      "import: the old stack's values as our files",
      "check：哪些被使用、哪些未使用及原因；export：以单个文件输出所理解的内容；diff：B 会改变什么；import：将旧栈的 "
      "values 转换为我们的文件"}},
    {"FILE…",
     "FILE",
     Shape::repeated,
     {"files, folders of *.yaml, a ConfigMap with them (later ones override earlier ones), or an old config.xml. For "
      "diff: A and B",
      "文件、含 *.yaml 的目录、包含它们的 ConfigMap（后者覆盖前者），或旧的 config.xml。diff 时为 A 和 B"}},
    {"--secrets",
     "FOLDER",
     Shape::value,
     {"${VAR} is the file VAR of this folder, else the variable of the environment",
      "${VAR} 取自此目录中的文件 VAR，否则取环境变量"}},
    {"--values",
     "FILE",
     Shape::value,
     {"import: values of the chart ks-devops, or the ClusterConfiguration of ks-installer (- is standard input)",
      "import：ks-devops chart 的 values，或 ks-installer 的 ClusterConfiguration（- 为标准输入）"}},
    {"--to",
     "FOLDER",
     Shape::value,
     {"import: write kubesphere.yaml and jenkins.yaml there, mode 0600, instead of no file; without it only the list "
      "is shown",
      "import：将 kubesphere.yaml 与 jenkins.yaml 写入此目录（权限 0600，不覆盖已有文件）；否则仅显示列表"}},
    kOutputRow,
};
constexpr Example kExamples[] = {
    {"windlass casc check jenkins.yaml", {"what of it does something here", "其中哪些在此生效"}},
    {"kubectl -n kubesphere-devops-system get cm jenkins-casc-config -o yaml | windlass casc check -",
     {"the configuration of a KubeSphere", "检查 KubeSphere 中的配置"}},
    {"windlass casc diff jenkins.yaml jenkins_user.yaml",
     {"what would be different with the second instead of the first", "以第二个取代第一个会有哪些不同"}},
    {"windlass casc import --values values.yaml --to ./windlass",
     {"the values of an old installation as our files", "将旧安装的 values 转换为我们的文件"}},
};
constexpr ExitCode kExits[] = {
    {kExitSuccess, {"every key is known; diff: nothing would change", "所有键均可识别；diff：没有变化"}},
    {kExitFailure,
     {"keys that nobody knows or that may be meant otherwise; diff: something would change",
      "存在未知或含义可疑的键；diff：存在变化"}},
    {kExitInvalid, {"a file is no configuration", "文件不是有效的配置"}},
    {kExitUsage, {"the command line is wrong, or a file cannot be read", "命令行错误，或文件不可读"}},
};

/// The files of one argument, a folder's in the order of their names.
Result<std::vector<casc::File>> load(const Invocation& in, const std::string& argument) {
  std::vector<casc::File> out;
  std::vector<std::string> paths = {argument};
  const auto absolute = argument == "-" ? argument : absolute_path(in.working_folder, argument);
  std::error_code failed;
  if (argument != "-" && std::filesystem::is_directory(absolute, failed)) {
    paths.clear();
    for (const auto& one : std::filesystem::directory_iterator(absolute, failed)) {
      const auto extension = one.path().extension();
      if (extension == ".yaml" || extension == ".yml") {
        paths.push_back((std::filesystem::path(argument) / one.path().filename()).string());
      }
    }
    std::ranges::sort(paths);
    if (paths.empty()) {
      return fail(ErrorKind::not_found, say(in.language, {"there is no *.yaml in {}", "{} 中没有 *.yaml"}, {argument}));
    }
  }
  for (const auto& path : paths) {
    auto text = WL_TRY(read_file(path == "-" ? path : absolute_path(in.working_folder, path), in.language));
    for (auto& file : casc::files_of({path, std::move(text)})) out.push_back(std::move(file));
  }
  return out;
}

casc::Sources sources(const Invocation& in, const std::string& folder) {
  const auto secrets = folder.empty() ? std::string() : absolute_path(in.working_folder, folder);
  return {.variable = [&in, secrets](std::string_view name) -> std::optional<std::string> {
            const bool is_name = !name.empty() && name.find('/') == std::string_view::npos && name[0] != '.';
            if (!secrets.empty() && is_name) {
              if (auto text = read_file(secrets + "/" + std::string(name), in.language)) {
                while (text->ends_with('\n')) text->pop_back();
                return std::move(*text);
              }
            }
            const auto prefix = std::string(name) + "=";
            for (const auto& one : in.environment) {
              if (one.starts_with(prefix)) return one.substr(prefix.size());
            }
            return std::nullopt;
          },
          .file =
              [&in](std::string_view path) {
                return read_file(absolute_path(in.working_folder, std::string(path)), in.language);
              }};
}

/// A file named *.xml is an old Jenkins' config.xml, which stands alone.
Result<casc::Outcome> read_any(const std::vector<casc::File>& files, const casc::Sources& from) {
  if (files.size() == 1 && files[0].name.ends_with(".xml")) return casc::read_config_xml(files[0]);
  return casc::read(files, from);
}

std::string_view word_of(Language language, casc::Finding::Kind kind) {
  switch (kind) {
    case casc::Finding::Kind::unused:
      return Text{"not used", "未使用"}.in(language);
    case casc::Finding::Kind::unknown:
      return Text{"unknown", "未知"}.in(language);
    case casc::Finding::Kind::doubtful:
      return Text{"doubtful", "存疑"}.in(language);
  }
  return "";
}

std::string sentence_of(Language language, const casc::Finding& one) {
  const auto* section = casc::find_section(one.path);
  if (language == Language::english || section == nullptr) return one.sentence;
  if (section->use == casc::Use::none) return std::string(section->chinese);
  if (section->use == casc::Use::read && one.path == section->path && one.kind == casc::Finding::Kind::unused) {
    return say(language, {"{}", "已读取，服务器尚未据此行事：{}"}, {section->chinese});
  }
  return one.sentence;
}

Value facts(const casc::Outcome& outcome) {
  Value used = Value::list();
  for (const auto& path : outcome.taken) {
    used.push(Value::map_of("path", path, "what", casc::find_section(path)->english));
  }
  Value findings = Value::list();
  for (const auto& one : outcome.findings) {
    findings.push(Value::map_of("file", one.file, "line", one.line, "kind", casc::to_string(one.kind), "path", one.path,
                                "message", one.sentence));
  }
  return Value::map_of("used", std::move(used), "findings", std::move(findings));
}

std::string words(Language language, const casc::Outcome& outcome) {
  std::string out;
  for (const auto& path : outcome.taken) {
    const auto* section = casc::find_section(path);
    out += say(language, {"used: {}: {}\n", "已使用：{}：{}\n"},
               {path, Text{section->english, section->chinese}.in(language)});
  }
  std::size_t counts[3] = {};
  for (const auto& one : outcome.findings) {
    ++counts[static_cast<std::size_t>(one.kind)];
    out += without_controls(one.file) + ":" + std::to_string(one.line) + ": " +
           std::string(word_of(language, one.kind)) + ": " + without_controls(one.path) + ": " +
           without_controls(sentence_of(language, one)) + "\n";
  }
  using Kind = casc::Finding::Kind;
  out +=
      say(language,
          {"sections used: {}; keys that do nothing here: {}, that nobody knows: {}, that may be meant otherwise: {}\n",
           "{} 个部分已使用；{} 个键在此不起作用，{} 个未知，{} 个存疑\n"},
          {std::to_string(outcome.taken.size()), std::to_string(counts[static_cast<std::size_t>(Kind::unused)]),
           std::to_string(counts[static_cast<std::size_t>(Kind::unknown)]),
           std::to_string(counts[static_cast<std::size_t>(Kind::doubtful)])});
  return out;
}

int check(const Invocation& in, const ParsedOptions& options, const casc::Outcome& outcome) {
  const auto form = form_of(options);
  if (form != Form::words) {
    if (const int code = print_whole(form, facts(outcome)); code != kExitSuccess) return code;
  } else if (!print(words(in.language, outcome))) {
    return kExitInternal;
  }
  const bool doubt = std::ranges::any_of(
      outcome.findings, [](const casc::Finding& one) { return one.kind != casc::Finding::Kind::unused; });
  return doubt ? kExitFailure : kExitSuccess;
}

int diff(const Invocation& in, const ParsedOptions& options, const casc::Configuration& before,
         const casc::Configuration& after) {
  const auto changes = casc::compare(before, after);
  const auto form = form_of(options);
  if (form != Form::words) {
    Value list = Value::list();
    for (const auto& one : changes) {
      list.push(Value::map_of("path", one.path, "before", one.before, "after", one.after));
    }
    if (const int code = print_whole(form, Value::map_of("changes", std::move(list))); code != kExitSuccess)
      return code;
  } else {
    std::string out;
    for (const auto& one : changes) {
      const auto before_text = shortened(without_controls(one.before), 200);
      const auto after_text = shortened(without_controls(one.after), 200);
      if (one.before.empty()) {
        out += "+ " + one.path + ": " + after_text + "\n";
      } else if (one.after.empty()) {
        out += "- " + one.path + ": " + before_text + "\n";
      } else {
        out += "~ " + one.path + ": " + before_text + " → " + after_text + "\n";
      }
    }
    if (changes.empty()) out = say(in.language, {"nothing would change\n", "没有变化\n"});
    if (!print(out)) return kExitInternal;
  }
  return changes.empty() ? kExitSuccess : kExitFailure;
}

/// A new file that only its owner reads: it may hold secrets.
Result<> write_new(const std::string& path, const std::string& text, Language language) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    const auto* why = std::strerror(errno);
    return fail(ErrorKind::unavailable, say(language, {"{} cannot be made: {}", "无法创建 {}：{}"}, {path, why}));
  }
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto done = ::write(file, rest.data(), rest.size());
    if (done <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(done));
  }
  const bool good = ::close(file) == 0 && rest.empty();
  if (!good) return fail(ErrorKind::unavailable, say(language, {"{} cannot be written", "无法写入 {}"}, {path}));
  return {};
}

/// What is taken and what is not, as check shows it.
int import(const Invocation& in, const ParsedOptions& options) {
  const auto name = options.get("--values");
  const auto folder = options.get("--to");
  if (name.empty() || !options.all("FILE").empty()) {
    return complain(say(in.language, {"casc: windlass casc import needs --values FILE, and no other file",
                                      "casc：windlass casc import 需要 --values FILE，且不接受其他文件"}),
                    kExitUsage);
  }
  auto text = read_file(name == "-" ? name : absolute_path(in.working_folder, name), in.language);
  if (!text) return complain("casc: " + error_text(text.error(), in.language), kExitUsage);
  const auto imported = casc::import_values({name, std::move(*text)});
  if (!imported) return complain("casc: " + without_controls(error_text(imported.error(), in.language)), kExitInvalid);
  if (!folder.empty()) {
    const auto to = absolute_path(in.working_folder, folder);
    std::error_code failed;
    std::filesystem::create_directories(to, failed);
    const std::pair<const char*, const Value*> files[] = {{"/kubesphere.yaml", &imported->kubesphere},
                                                          {"/jenkins.yaml", &imported->jenkins}};
    for (const auto& [file, value] : files) {
      const auto body = value->size() == 0 ? std::string("{}\n") : data::format_yaml(*value);
      if (auto done = write_new(to + file, body, in.language); !done) {
        return complain("casc: " + error_text(done.error(), in.language), kExitFailure);
      }
    }
  }
  if (const auto form = form_of(options); form != Form::words) {
    Value taken = Value::list();
    for (const auto& path : imported->taken) taken.push(path);
    auto shown = facts({.configuration = {}, .findings = imported->findings, .taken = {}});
    shown.set("used", std::move(taken));
    return print_whole(form, shown);
  }
  std::string out;
  for (const auto& path : imported->taken) out += say(in.language, {"used: {}\n", "已使用：{}\n"}, {path});
  for (const auto& one : imported->findings) {
    out += without_controls(one.file) + ":" + std::to_string(one.line) + ": " +
           std::string(word_of(in.language, one.kind)) + ": " + without_controls(one.path) + ": " +
           without_controls(one.sentence) + "\n";
  }
  return print(out) ? kExitSuccess : kExitInternal;
}

int run(const Invocation& in, const ParsedOptions& options) {
  if (options.get("ACTION") == "import") return import(in, options);
  const auto action = options.get("ACTION");
  const auto names = options.all("FILE");
  if (names.empty() || (action == "diff" && names.size() != 2)) {
    return complain(say(in.language, {"casc: windlass casc {} needs {}", "casc：windlass casc {} 需要 {}"},
                        {action.empty() ? "check|export|diff|import" : action, action == "diff" ? "A B" : "FILE…"}),
                    kExitUsage);
  }
  std::vector<std::vector<casc::File>> loaded;
  for (const auto& name : names) {
    auto files = load(in, name);
    if (!files) return complain("casc: " + error_text(files.error(), in.language), kExitUsage);
    loaded.push_back(std::move(*files));
  }
  const auto from = sources(in, options.get("--secrets"));
  std::vector<casc::File> all = loaded[0];
  for (std::size_t i = 1; i < loaded.size() && action != "diff"; ++i) {
    all.insert(all.end(), loaded[i].begin(), loaded[i].end());
  }
  const auto outcome = read_any(all, from);
  if (!outcome) return complain("casc: " + without_controls(error_text(outcome.error(), in.language)), kExitInvalid);
  if (action == "diff") {
    const auto after = read_any(loaded[1], from);
    if (!after) return complain("casc: " + without_controls(error_text(after.error(), in.language)), kExitInvalid);
    return diff(in, options, outcome->configuration, after->configuration);
  }
  if (action == "export") {
    const auto value = casc::write(outcome->configuration);
    const auto form = form_of(options);
    if (form == Form::json) return print_whole(form, value);
    return print(data::format_yaml(value)) ? kExitSuccess : kExitInternal;
  }
  return check(in, options, *outcome);
}

}  // namespace

const Command kCascCommand{
    "casc",
    {"what a Jenkins Configuration as Code file means here", "说明 Jenkins 配置即代码文件在此的含义"},
    "check|export|diff [--secrets FOLDER] [--output table|json|yaml] FILE… | import --values FILE [--to FOLDER]",
    kOptions,
    {"Keys that do nothing here, that nobody knows, or that may be meant otherwise are listed with file, line and the "
     "reason. Passwords and tokens are never printed. Nothing is changed and no server is asked.",
     "列出在此不起作用、未知或含义存疑的键，附文件、行号与原因。不输出密码与令牌。不做任何修改，也不访问服务器。"},
    run,
    Group::server,
    kExamples,
    kExits};

}  // namespace windlass::cli
