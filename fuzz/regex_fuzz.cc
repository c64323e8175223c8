// links: windlass::text
// Any pattern and any text: compile and match answer or refuse, never crash; groups lie inside the text; Latin-1 and
// UTF-16 subjects agree. Input: flags byte, pattern up to a newline, text.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "text/regex.h"
#include "text/utf.h"

using namespace windlass::text;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 600) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  unsigned flags = static_cast<unsigned char>(input[0]) & 0x7FU;
  if ((data[0] & 0x80) != 0) flags |= kRegexUnicodeCharacterClass;
  std::size_t cut = std::min(input.find('\n', 1), size);
  std::u16string pattern = utf8_to_utf16(input.substr(1, cut - 1));
  std::string_view text = cut < size ? input.substr(cut + 1, 60) : std::string_view();
  auto regex = Regex::compile(pattern, flags);
  if (!regex) {
    if (regex.error().message.empty()) std::abort();
    return 0;
  }
  std::u16string wide = utf8_to_utf16(text);
  std::u16string widened = latin1_to_utf16(text);
  for (auto mode : {MatchMode::find, MatchMode::matches, MatchMode::looking_at}) {
    auto narrow = regex->match(text, 0, mode);
    auto same = regex->match(std::u16string_view(widened), 0, mode);
    auto other = regex->match(std::u16string_view(wide), 0, mode);
    for (const auto* found : {&narrow, &same, &other}) {
      if (!*found || !**found) continue;
      auto most = static_cast<std::int32_t>(found == &other ? wide.size() : text.size());
      for (const Group& group : ***found) {
        if (group.matched() && (group.start > group.end || group.end > most)) std::abort();
      }
      if ((***found).size() != regex->group_count() + 1) std::abort();
    }
    // Unicode case folding can tie a Latin-1 letter to one beyond it, which only the wide form knows.
    bool comparable = narrow && same && (flags & (kRegexUnicodeCase | kRegexUnicodeCharacterClass)) == 0 &&
                      pattern.find(u"(?") == pattern.npos;
    if (comparable && narrow->has_value() != same->has_value()) std::abort();
  }
  (void)split(*regex, text, 0);
  (void)replace_all(*regex, text, u"<$0>");
  return 0;
}
