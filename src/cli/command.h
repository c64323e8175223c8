// One command of `windlass` as data: its file holds the rows, the help and the function. commands.cc lists them;
// help.h, man_page.h and completion.h make their texts from them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/language.h"
#include "cli/options.h"

namespace windlass::cli {

// Exit codes: the contract of docs/cli.md.
inline constexpr int kExitSuccess = 0;
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUnstable = 2;
inline constexpr int kExitAborted = 3;
inline constexpr int kExitNotBuilt = 4;
inline constexpr int kExitInvalid = 5;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitInternal = 70;
inline constexpr int kExitKilled = 130;

inline constexpr std::string_view kVersion = "0.1.0";

/// What a command gets from the process around it; nothing below main reads these itself.
struct Invocation {
  std::vector<std::string> arguments;    ///< behind the command's name
  std::vector<std::string> environment;  ///< "K=V"
  std::string working_folder;
  std::string program_path;
  Language language = Language::english;
  bool stdout_is_terminal = false;
  bool stderr_is_terminal = false;
  bool stdin_is_terminal = false;
  std::size_t columns = 0;  ///< of the terminal; 0 when there is none

  [[nodiscard]] std::string env(std::string_view name) const;
  /// A terminal that knows no control sequences.
  [[nodiscard]] bool dumb() const;
  /// Whether standard output takes colours: a terminal that is not dumb, and NO_COLOR is not set.
  [[nodiscard]] bool color() const;
};

struct Example {
  std::string_view line;
  Text what;
};

struct ExitCode {
  int code;
  Text what;
};

/// Under which heading the overview lists a command.
enum class Group : std::uint8_t { pipelines, runs, server, program };

struct Command {
  std::string_view name;
  Text summary;
  std::string_view usage;  ///< behind `windlass NAME`
  std::span<const OptionRow> options;
  Text details;  ///< paragraphs: what else --help should say
  int (*run)(const Invocation&, const ParsedOptions&);
  Group group = Group::pipelines;
  std::span<const Example> examples = {};
  std::span<const ExitCode> exits = {};
};

/// In the order of the overview.
std::span<const Command* const> commands();
/// nullptr: there is none of that name.
const Command* find_command(std::string_view name);

/// Finds the command, handles --help and wrong options, runs it. Returns the exit code.
int dispatch(const Invocation& invocation);

/// "windlass: SENTENCE" on standard error; returns `code`.
int complain(std::string_view sentence, int code);
/// Writes all of it to standard output; false when nobody reads any more.
bool print(std::string_view text);

}  // namespace windlass::cli
