#include "cli/command.h"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

#include "cli/help.h"
#include "cli/terminal_text.h"
#include "text/edit_distance.h"

namespace windlass::cli {
namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    auto n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

int unknown_command(std::string_view name, Language language) {
  std::vector<std::string_view> names;
  for (const auto* command : commands()) names.push_back(command->name);
  auto sentence = say(language, {"there is no command {}", "没有命令 {}"}, {name});
  if (auto near = text::nearest_name(name, names)) {
    sentence += say(language, {"; did you mean {}?", "；您是否想用 {}？"}, {*near});
  } else {
    sentence += say(language, {"; windlass --help lists them", "；windlass --help 列出全部命令"});
  }
  return complain(sentence, kExitUsage);
}

}  // namespace

std::string Invocation::env(std::string_view name) const {
  for (const auto& entry : environment) {
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name))
      return entry.substr(name.size() + 1);
  }
  return {};
}

bool Invocation::dumb() const {
  auto term = env("TERM");
  return term.empty() || term == "dumb";
}

bool Invocation::color() const { return stdout_is_terminal && !dumb() && env("NO_COLOR").empty(); }

const Command* find_command(std::string_view name) {
  for (const auto* command : commands()) {
    if (command->name == name) return command;
  }
  return nullptr;
}

bool print(std::string_view text) { return write_all(STDOUT_FILENO, text); }

int complain(std::string_view sentence, int code) {
  (void)write_all(STDERR_FILENO, "windlass: " + std::string(sentence) + "\n");
  return code;
}

int dispatch(const Invocation& invocation) {
  HelpStyle style{invocation.language, invocation.color(), help_width(invocation.columns)};
  auto arguments = invocation.arguments;
  if (arguments.empty()) {
    style.color = style.color && invocation.stderr_is_terminal;
    (void)write_all(STDERR_FILENO, overview(style));
    return kExitUsage;
  }
  if (arguments[0] == "--version") arguments[0] = "version";
  bool asks_help = arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help";
  if (asks_help && arguments.size() == 1) return print(overview(style)) ? kExitSuccess : kExitInternal;
  if (asks_help) arguments.erase(arguments.begin());
  const auto* command = find_command(arguments[0]);
  if (command == nullptr) {
    if (arguments[0].starts_with('-')) {
      return complain(say(invocation.language,
                          {"{} comes behind a command: windlass COMMAND {}", "{} 应写在命令之后：windlass 命令 {}"},
                          {arguments[0], arguments[0]}),
                      kExitUsage);
    }
    return unknown_command(arguments[0], invocation.language);
  }
  std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  bool has_rest = std::any_of(command->options.begin(), command->options.end(),
                              [](const auto& row) { return row.shape == OptionRow::Shape::rest; });
  for (const auto& argument : rest) {
    if (argument == "--" || (has_rest && !argument.starts_with('-'))) break;  // behind it are the script's own
    if (argument == "--help" || argument == "-h") asks_help = true;
  }
  if (asks_help) return print(help_of(*command, style)) ? kExitSuccess : kExitInternal;
  auto options = parse_options(command->options, rest, invocation.language);
  if (!options)
    return complain(std::string(command->name) + ": " + error_text(options.error(), invocation.language), kExitUsage);
  return command->run(invocation, *options);
}

}  // namespace windlass::cli
