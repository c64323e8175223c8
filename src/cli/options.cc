#include "cli/options.h"

#include <algorithm>

#include "cli/terminal_text.h"
#include "text/edit_distance.h"

namespace windlass::cli {
namespace {

struct Letter {
  std::string_view letter, name;
};
/// Those that people type without looking; the first name that a command has counts.
constexpr Letter kLetters[] = {{"-f", "--follow"}, {"-f", "--file"}, {"-o", "--output"}, {"-p", "--param"}};

std::string nearest_sentence(std::string_view given, const std::vector<std::string>& names, Language language) {
  std::vector<std::string_view> views(names.begin(), names.end());
  auto near = text::nearest_name(given, views);
  return near ? say(language, {"; did you mean {}?", "；您是否想用 {}？"}, {*near}) : "";
}

std::string unknown_option(std::span<const OptionRow> rows, std::string_view bare, Language language) {
  std::vector<std::string> names{"--help"};
  for (const auto& row : rows) {
    if (!is_positional(row)) names.emplace_back(row.name);
  }
  return say(language, {"there is no option {}", "没有选项 {}"}, {bare}) + nearest_sentence(bare, names, language);
}

bool names_option(std::span<const OptionRow> rows, std::string_view argument) {
  return std::any_of(rows.begin(), rows.end(),
                     [&](const auto& row) { return !is_positional(row) && row.name == argument; });
}

/// "a, b or c"
std::string enumerated(const std::vector<std::string>& words, Language language) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 < words.size() ? say(language, {", ", "、"}) : say(language, {" or ", " 或 "});
    out += words[i];
  }
  return out;
}

/// A word with capitals in it is a form: "project:NAME" allows "project:" and whatever stands behind it.
bool allows(std::string_view word, std::string_view value) {
  const auto blank = word.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  if (blank == std::string_view::npos) return word == value;
  const auto fixed = word.substr(0, blank);
  return value.size() > fixed.size() && value.starts_with(fixed);
}

Result<> check_words(const OptionRow& row, const std::vector<std::string>& values, Language language) {
  auto words = words_of(row);
  if (words.empty()) return {};
  for (const auto& value : values) {
    if (std::ranges::any_of(words, [&](const auto& word) { return allows(word, value); })) continue;
    return fail(ErrorKind::invalid, say(language, {"{} is {}, not {}", "{} 应为 {}，而不是 {}"},
                                        {plain_name(row), enumerated(words, language), value}) +
                                        nearest_sentence(value, words, language));
  }
  return {};
}

}  // namespace

std::string plain_name(const OptionRow& row) {
  constexpr std::string_view kRest = "…";
  auto name = row.name;
  if (name.ends_with(kRest)) name.remove_suffix(kRest.size());
  return std::string(name);
}

const OptionRow* option_of_letter(std::span<const OptionRow> rows, std::string_view letter) {
  for (const auto& [known, name] : kLetters) {
    if (known != letter) continue;
    const auto row = std::ranges::find(rows, name, &OptionRow::name);
    if (row != rows.end()) return &*row;
  }
  return nullptr;
}

std::string_view letter_of(std::span<const OptionRow> rows, const OptionRow& row) {
  for (const auto& [letter, name] : kLetters) {
    if (name == row.name && option_of_letter(rows, letter) == &row) return letter;
  }
  return "";
}

std::string head_of(std::span<const OptionRow> rows, const OptionRow& row) {
  std::string head(row.name);
  if (const auto letter = letter_of(rows, row); !letter.empty()) head = std::string(letter) + ", " + head;
  if (is_positional(row) || row.shape == OptionRow::Shape::flag) return head;
  if (row.shape == OptionRow::Shape::optional_value) return head + " [" + std::string(row.metavar) + "]";
  return head + " " + std::string(row.metavar);
}

Values values_of(const OptionRow& row) {
  if (row.shape == OptionRow::Shape::flag) return Values::none;
  auto metavar = row.metavar;
  if (metavar.find('|') != std::string_view::npos) return Values::words;
  if (row.name == "--restart-step") return Values::point;
  if (metavar == "STEP") return Values::step;
  if (metavar == "STAGE") return Values::stage;
  if (row.name == "--param") return Values::parameter;
  if (row.name == "--id") return Values::question;
  if (metavar == "ID") return Values::run;
  if (metavar.starts_with("PROJECT")) {
    return metavar.find("/PIPELINE") == std::string_view::npos && metavar.find("[/PIPELINE") == std::string_view::npos
               ? Values::project
               : Values::pipeline;
  }
  if (metavar == "COMMAND") return Values::command;
  if (metavar.ends_with("=FILE")) return Values::named_file;
  if (metavar.ends_with("=FOLDER")) return Values::named_folder;
  if (metavar.ends_with("FILE")) return Values::file;
  if (metavar.ends_with("FOLDER")) return Values::folder;
  return Values::none;
}

std::vector<std::string> words_of(const OptionRow& row) {
  std::vector<std::string> words;
  if (values_of(row) != Values::words) return words;
  for (auto rest = row.metavar;;) {
    auto bar = rest.find('|');
    words.emplace_back(rest.substr(0, bar));
    if (bar == std::string_view::npos) return words;
    rest.remove_prefix(bar + 1);
  }
}

std::string ParsedOptions::get(std::string_view name, std::string_view otherwise) const {
  auto found = values.find(name);
  return found == values.end() || found->second.empty() ? std::string(otherwise) : found->second.back();
}

std::vector<std::string> ParsedOptions::all(std::string_view name) const {
  auto found = values.find(name);
  return found == values.end() ? std::vector<std::string>{} : found->second;
}

Result<ParsedOptions> parse_options(std::span<const OptionRow> rows, const std::vector<std::string>& arguments,
                                    Language language) {
  ParsedOptions parsed;
  auto next_positional = rows.begin();
  bool only_positionals = false;
  auto take_positional = [&](const std::string& argument) -> Result<> {
    while (next_positional != rows.end() && !is_positional(*next_positional)) ++next_positional;
    if (next_positional == rows.end()) {
      return fail(ErrorKind::invalid, say(language, {"one argument too many: {}", "多余的参数：{}"}, {argument}));
    }
    parsed.values[plain_name(*next_positional)].push_back(argument);
    if (next_positional->shape != OptionRow::Shape::repeated && next_positional->shape != OptionRow::Shape::rest) {
      ++next_positional;
    }
    while (next_positional != rows.end() && !is_positional(*next_positional)) ++next_positional;
    only_positionals |= next_positional != rows.end() && next_positional->shape == OptionRow::Shape::rest;
    return {};
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& argument = arguments[i];
    if (only_positionals || !argument.starts_with('-') || argument == "-") {
      WL_CHECK_OK(take_positional(argument));
      continue;
    }
    if (argument == "--") {
      only_positionals = true;
      continue;
    }
    auto equals = argument.find('=');
    auto name = std::string_view(argument).substr(0, equals);
    const auto* row = option_of_letter(rows, name);
    if (row == nullptr) {
      const auto found = std::ranges::find(rows, name, &OptionRow::name);
      row = found == rows.end() ? nullptr : &*found;
    }
    if (row == nullptr) return fail(ErrorKind::invalid, unknown_option(rows, name, language));
    auto& values = parsed.values[std::string(row->name)];
    bool has_value = equals != std::string::npos;
    switch (row->shape) {
      case OptionRow::Shape::flag:
        if (has_value) {
          return fail(ErrorKind::invalid, say(language, {"{} takes no value", "{} 不带值"}, {name}));
        }
        continue;
      case OptionRow::Shape::optional_value:
        // What begins with a dash is the next option: an ID never does.
        if (!has_value && (i + 1 == arguments.size() || arguments[i + 1].starts_with('-'))) continue;
        break;
      case OptionRow::Shape::value:
      case OptionRow::Shape::repeated:
      case OptionRow::Shape::rest:
        if (!has_value && (i + 1 == arguments.size() || names_option(rows, arguments[i + 1]))) {
          return fail(ErrorKind::invalid,
                      say(language, {"{} needs a value: {}", "{} 需要一个值：{}"}, {name, row->metavar}));
        }
        break;
    }
    values.push_back(has_value ? argument.substr(equals + 1) : arguments[++i]);
  }
  for (const auto& row : rows) {
    auto given = parsed.values.find(plain_name(row));
    if (given != parsed.values.end()) WL_CHECK_OK(check_words(row, given->second, language));
  }
  return parsed;
}

}  // namespace windlass::cli
