#include "agent/interpreter.h"

namespace windlass::agent {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

std::optional<std::vector<std::string>> parse_hash_bang(std::string_view script) {
  if (!script.starts_with("#!")) return std::nullopt;
  const auto line = trim(
      script.substr(2, script.find('\n') == std::string_view::npos ? std::string_view::npos : script.find('\n') - 2));
  std::vector<std::string> words;
  if (line.empty()) return words;
  const auto blank = line.find_first_of(kBlanks);
  words.emplace_back(line.substr(0, blank));
  if (blank != std::string_view::npos) words.emplace_back(trim(line.substr(blank)));
  return words;
}

}  // namespace windlass::agent
