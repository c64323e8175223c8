// tool: where an installation of a name is. Installations are given with --tool NAME=FOLDER or by the server's
// configuration; without one, the program of that type on the node's PATH stands in, and a line says so. Nothing is
// ever downloaded.
#include <algorithm>
#include <filesystem>

#include "proc/spawn.h"
#include "steps/families.h"
#include "steps/place_files.h"
#include "text/edit_distance.h"

namespace windlass::steps {

namespace {

using data::Value;

struct ToolType {
  std::string_view symbol;     ///< as `tools { }` names it
  std::string_view classes;    ///< simple names of its class, space separated
  std::string_view programs;   ///< first one found counts
  std::string_view name_hint;  ///< what names of such installations usually contain, in lower case
};

constexpr ToolType kTypes[] = {
    {"jdk", "JDK", "javac java", "jdk java openjdk"},
    {"maven", "MavenInstallation", "mvn", "maven mvn"},
    {"gradle", "GradleInstallation", "gradle", "gradle"},
    {"nodejs", "NodeJSInstallation", "node nodejs", "node"},
    {"ant", "AntInstallation", "ant", "ant"},
    {"go", "GolangInstallation", "go", "golang go"},
    {"git", "GitTool", "git", "git"},
    {"dockerTool", "DockerTool", "docker podman", "docker"},
    {"python", "PythonInstallation", "python3 python", "python"},
    {"terraform", "TerraformInstallation", "terraform", "terraform"},
    {"groovy", "GroovyInstallation", "groovy", "groovy"},
    {"sbt", "SbtInstallation", "sbt", "sbt"},
    {"allure", "AllureCommandlineInstallation", "allure", "allure"},
    {"sonarRunner", "SonarRunnerInstallation sonarRunnerInstallation", "sonar-scanner", "sonar"},
    {"msbuild", "MsBuildInstallation", "msbuild", "msbuild"},
    {"cmake", "CmakeTool", "cmake", "cmake"},
};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& part : text::split_patterns(text, true)) out.push_back(part);
  return out;
}

const ToolType* type_named(std::string_view name) {
  const auto simple = name.substr(name.find_last_of(".$") + 1);
  for (const auto& type : kTypes) {
    const auto classes = words_of(type.classes);
    if (type.symbol == name || std::find(classes.begin(), classes.end(), simple) != classes.end()) return &type;
  }
  return nullptr;
}

/// `tool 'M3'` does not say what M3 is; names do, nearly always.
const ToolType* type_guessed(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const auto& type : kTypes) {
    for (const auto& hint : words_of(type.name_hint)) {
      if (name.starts_with(hint) || name.find("-" + hint) != std::string::npos ||
          name.find(" " + hint) != std::string::npos || name.find("_" + hint) != std::string::npos) {
        return &type;
      }
    }
  }
  const bool is_m3 = name.size() >= 2 && name[0] == 'm' && std::isdigit(static_cast<unsigned char>(name[1])) != 0;
  return is_m3 ? type_named("maven") : nullptr;
}

/// The folder above `bin`, links followed: /usr/bin/java is of /usr/lib/jvm/java-17.
std::string home_of(const std::string& program) {
  std::error_code error;
  auto path = std::filesystem::canonical(program, error);
  if (error) path = program;
  const auto folder = path.parent_path();
  return folder.filename() == "bin" ? folder.parent_path().string() : folder.string();
}

/// An installation of the configuration; several kinds may have one of the same name.
struct Typed {
  std::string folder;  ///< of the kind that is wanted; empty: there is none
  bool named = false;  ///< some kind has that name
};
Typed typed_folder(EffectContext& context, const std::string& name, const std::string& wanted) {
  Typed out;
  const auto* type = wanted.empty() ? nullptr : type_named(wanted);
  const auto all = context.run.fact("typed_tools");
  for (std::size_t at = 0; at < all.size();) {
    const auto end = std::min(all.find('\n', at), all.size());
    const auto line = std::string_view(all).substr(at, end - at);
    at = end + 1;
    const auto first = line.find('\t'), second = line.find('\t', first + 1);
    if (second == std::string_view::npos || line.substr(first + 1, second - first - 1) != name) continue;
    out.named = true;
    const auto kind = line.substr(0, first);
    const bool fits = type != nullptr ? type == type_named(kind) : kind == wanted;
    if (fits && out.folder.empty()) out.folder = line.substr(second + 1);
  }
  return out;
}

Outcome tool(EffectContext& context, const Value& arguments) {
  const auto name = text_of(arguments, "name");
  const auto wanted = text_of(arguments, "type");
  const auto typed = typed_folder(context, name, wanted);
  if (!typed.folder.empty()) return Value(typed.folder);
  // Of no kind, as the command line gives them; or nobody says which kind is wanted.
  if (auto folder = context.run.fact("tool:" + name); !folder.empty() && (wanted.empty() || !typed.named)) {
    return Value(std::move(folder));
  }
  const auto* type = wanted.empty() ? type_guessed(name) : type_named(wanted);
  if (type != nullptr) {
    const auto path = context.place.environment.find("PATH");
    for (const auto& program : words_of(type->programs)) {
      auto found = proc::find_program(program, path == context.place.environment.end() ? "" : path->second);
      if (!found) continue;
      auto folder = type->symbol == "git" ? *found : home_of(*found);
      EffectResult result{Value(folder)};
      // Declarative asks once for each stage; people want to read it once.
      const auto key = context.place.node + " " + name;
      if (context.run.records("tool", key).empty()) {
        log_line(context,
                 "No installation \"" + name + "\" is configured; using " + program + " of this node: " + folder);
        result.records.push_back({.kind = "tool", .key = key, .payload = Value(folder)});
      }
      return result;
    }
  }
  if (wanted.empty()) return abort_with("No tool named " + name + " found");
  auto message = "Tool type \"" + wanted + "\" does not have an install of \"" + name + "\" configured";
  std::vector<std::string> names;
  for (std::string all = context.run.fact("tools"); !all.empty();) {
    const auto end = all.find('\n');
    names.push_back(all.substr(0, end));
    all.erase(0, end == std::string::npos ? all.size() : end + 1);
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  if (auto near = text::nearest_name(name, views)) message += " - did you mean \"" + std::string(*near) + "\"?";
  return abort_with(std::move(message));
}

constexpr EffectDescription kEffects[] = {
    {"tool", EffectKind::own, true, tool},
};

}  // namespace

std::span<const EffectDescription> tool_effects() { return kEffects; }

}  // namespace windlass::steps
