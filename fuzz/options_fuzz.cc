// links: windlass::base windlass::text
// sources: src/cli/options.cc src/cli/language.cc src/cli/terminal_text.cc src/agent/interpreter.cc
// Any words as a command line of rows of every shape: an answer or one sentence, never a crash; values are what was
// given. The first line of a script and text for a terminal are tried on the way. Input: words separated by NUL or
// newline.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "agent/interpreter.h"
#include "cli/options.h"
#include "cli/terminal_text.h"

using namespace windlass::cli;
using Shape = OptionRow::Shape;

namespace {

constexpr OptionRow kRows[] = {
    {"--file", "FILE", Shape::value, {"a", "b"}},
    {"--param", "K=V", Shape::repeated, {"a", "b"}},
    {"--sandbox", "", Shape::flag, {"a", "b"}},
    {"--resume", "ID", Shape::optional_value, {"a", "b"}},
    {"--output", "auto|tree", Shape::value, {"a", "b"}},
    {"NAME", "NAME", Shape::value, {"a", "b"}},
    {"ARG…", "ARG", Shape::rest, {"a", "b"}},
};

// Nothing is cut up, unquoted or expanded: a value is a word or what stands behind `=` in one.
bool was_given(const std::vector<std::string>& words, const std::string& value) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return word.ends_with(value); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  (void)windlass::agent::parse_hash_bang(input);
  std::vector<std::string> words;
  for (std::size_t at = 0; at < input.size() && words.size() < 50;) {
    auto end = input.find_first_of(std::string_view("\0\n", 2), at);
    if (end == input.npos) end = input.size();
    words.emplace_back(input.substr(at, end - at));
    at = end + 1;
  }
  for (const auto language : {Language::english, Language::chinese}) {
    const auto parsed = parse_options(kRows, words, language);
    if (!parsed) {
      if (parsed.error().message.empty() || parsed.error().message.find('\n') < parsed.error().message.size() - 1) {
        // A newline in the sentence can only come from the word it quotes, and words have none.
        std::abort();
      }
      continue;
    }
    for (const auto& [name, values] : parsed->values) {
      for (const auto& value : values) {
        if (!was_given(words, value)) std::abort();
      }
    }
  }
  // Text of others on a terminal: never a control character, never wider than asked.
  const auto plain = without_controls(input);
  for (const char c : plain) {
    if (static_cast<unsigned char>(c) < ' ' && c != '\n') std::abort();
  }
  (void)wrapped(plain, 1 + size % 100);
  (void)shortened(plain, size % 100);
  return 0;
}
