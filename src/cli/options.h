// What a command accepts, as data: from these rows come parsing, --help, completion and the man page.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/language.h"

namespace windlass::cli {

struct OptionRow {
  enum class Shape : std::uint8_t {
    flag,
    value,
    repeated,
    optional_value,
    rest,  ///< a positional that takes all that follows as it is, options too
  };
  std::string_view name;  ///< "--file"; a name without dashes is a positional argument, "FILE…" takes all that follow
  std::string_view metavar;  ///< "FILE", "NAME=FOLDER"; "a|b|c" allows these words only, "a|b:NAME" also
                             ///< whatever begins with "b:". Completion: values_of()
  Shape shape = Shape::value;
  Text help;
  Text section = {"", ""};  ///< a heading of --help that begins with this row; empty: as the row before
};

[[nodiscard]] inline bool is_positional(const OptionRow& row) { return !row.name.starts_with('-'); }
/// The name without the `…` of a list.
[[nodiscard]] std::string plain_name(const OptionRow& row);
/// The option of `rows` that a letter such as "-f" stands for; nullptr: none. The letters are the same everywhere: -f
/// is
/// --follow where there is one, else --file; -o is --output, -p is --param.
[[nodiscard]] const OptionRow* option_of_letter(std::span<const OptionRow> rows, std::string_view letter);
/// The letter of an option of `rows`, "-f"; empty: it has none.
[[nodiscard]] std::string_view letter_of(std::span<const OptionRow> rows, const OptionRow& row);
/// "-f, --file FILE", "--resume [ID]", "FILE…". `row` is one of `rows`.
[[nodiscard]] std::string head_of(std::span<const OptionRow> rows, const OptionRow& row);

/// What a shell can complete for a value, by its metavar.
enum class Values : std::uint8_t {
  none,
  words,
  file,
  folder,
  named_file,
  named_folder,
  step,
  run,
  command,
  stage,
  point,
  parameter,
  project,   ///< of the server, as the two below
  pipeline,  ///< PROJECT/PIPELINE, whether or not a number may follow
  question   ///< the id of an input that waits
};
[[nodiscard]] Values values_of(const OptionRow& row);
/// The words of "a|b|c"; empty for other metavars.
[[nodiscard]] std::vector<std::string> words_of(const OptionRow& row);

/// What the user gave. `values` holds what stood behind each option, in order.
class ParsedOptions {
 public:
  std::map<std::string, std::vector<std::string>, std::less<>> values;

  [[nodiscard]] bool has(std::string_view name) const { return values.contains(name); }
  [[nodiscard]] std::string get(std::string_view name, std::string_view otherwise = {}) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
};

/// Parses `arguments` by the rows. The error (kind invalid) is one sentence with the nearest right option: exit
/// code 64. A value stands behind its option or after `=` and is taken as it is. After `--` everything is positional.
Result<ParsedOptions> parse_options(std::span<const OptionRow> rows, const std::vector<std::string>& arguments,
                                    Language language);

}  // namespace windlass::cli
