#include "controllers/template_match.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace windlass::controllers {

namespace {

constexpr std::size_t kLongest = 64u * 1024;
constexpr std::size_t kFewest = 40;  ///< letters that are no blanks: less is in many scripts

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const auto last = text.find_last_not_of(kBlanks);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// What stands between the `$( … )`; at least one text, the first and the last may be empty.
std::vector<std::string_view> texts_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto begin = text.find("$(");
    const auto end = begin == std::string_view::npos ? begin : text.find(')', begin);
    out.push_back(text.substr(0, end == std::string_view::npos ? text.size() : begin));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool is_made_from(std::string_view template_text, std::string_view script) {
  if (template_text.size() > kLongest || script.size() > kLongest) return false;
  script = trimmed(script);
  const auto texts = texts_of(trimmed(template_text));
  std::size_t letters = 0;
  for (const auto text : texts) {
    letters += static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return kBlanks.find(c) == std::string_view::npos; }));
  }
  if (letters < kFewest) return false;
  if (texts.size() == 1) return script == texts.front();
  if (!script.starts_with(texts.front())) return false;
  script.remove_prefix(texts.front().size());
  if (!script.ends_with(texts.back())) return false;
  script.remove_suffix(texts.back().size());
  for (std::size_t i = 1; i + 1 < texts.size(); ++i) {
    const auto at = script.find(texts[i]);
    if (at == std::string_view::npos) return false;
    script.remove_prefix(at + texts[i].size());
  }
  return true;
}

}  // namespace windlass::controllers
