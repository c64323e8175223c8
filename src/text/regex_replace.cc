// What java.util.regex.Matcher and String build on top of single matches: replacement, splitting, quoting.
#include <algorithm>

#include "text/regex.h"
#include "text/utf.h"

namespace windlass::text {

namespace {

constexpr std::size_t kMaxReplaced = std::size_t{64} << 20;  // units

void append_range(std::u16string& out, const Subject& subject, std::size_t start, std::size_t end) {
  out.reserve(std::max(out.capacity(), out.size() + (end - start)));
  for (std::size_t i = start; i < end; ++i) out.push_back(subject.unit(i));
}

std::unexpected<num::Thrown> illegal_argument(std::string message) {
  return num::thrown("java.lang.IllegalArgumentException", std::move(message));
}

std::unexpected<num::Thrown> as_thrown(const Error& error) {
  // Java answers runaway patterns by running out of stack.
  if (error.kind == ErrorKind::exhausted) return num::thrown("java.lang.StackOverflowError", error.message);
  return num::thrown("java.util.regex.PatternSyntaxException", error.message);
}

bool is_word(char16_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_digit_unit(char16_t c) { return c >= '0' && c <= '9'; }

num::JavaResult<std::u16string> replace(const Regex& regex, const Subject& subject, std::u16string_view replacement,
                                        bool all) {
  std::u16string out;
  std::size_t copied = 0;
  std::size_t from = 0;
  while (from <= subject.size()) {
    auto found = regex.match(subject, from);
    if (!found) return as_thrown(found.error());
    if (!*found) break;
    const Groups& groups = **found;
    auto start = static_cast<std::size_t>(groups[0].start);
    auto end = static_cast<std::size_t>(groups[0].end);
    append_range(out, subject, copied, start);
    out += WL_JAVA_TRY(expand_replacement(regex, subject, groups, replacement));
    if (out.size() > kMaxReplaced) return num::thrown("java.lang.OutOfMemoryError", "Java heap space");
    copied = end;
    from = end > start ? end : end + 1;
    if (!all) break;
  }
  append_range(out, subject, copied, subject.size());
  return out;
}

}  // namespace

num::JavaResult<std::u16string> expand_replacement(const Regex& regex, const Subject& subject, const Groups& groups,
                                                   std::u16string_view replacement) {
  std::u16string out;
  auto add_group = [&](std::size_t number) {
    if (!groups[number].matched()) return;
    append_range(out, subject, static_cast<std::size_t>(groups[number].start),
                 static_cast<std::size_t>(groups[number].end));
  };
  for (std::size_t i = 0; i < replacement.size();) {
    char16_t c = replacement[i];
    if (c == u'\\') {
      if (++i == replacement.size()) return illegal_argument("character to be escaped is missing");
      out.push_back(replacement[i++]);
      continue;
    }
    if (c != u'$') {
      out.push_back(c);
      ++i;
      continue;
    }
    if (++i == replacement.size()) return illegal_argument("Illegal group reference: group index is missing");
    if (replacement[i] == u'{') {
      std::string name;
      for (++i; i < replacement.size() && is_word(replacement[i]); ++i)
        name.push_back(static_cast<char>(replacement[i]));
      if (name.empty()) {
        return illegal_argument("named capturing group is missing trailing '}'");
      }
      if (i == replacement.size() || replacement[i] != u'}') {
        return illegal_argument("named capturing group is missing trailing '}'");
      }
      if (is_digit_unit(static_cast<char16_t>(name[0]))) {
        return illegal_argument("capturing group name {" + name + "} starts with digit character");
      }
      auto number = regex.find_group(name);
      if (!number) return illegal_argument("No group with name {" + name + "}");
      ++i;
      add_group(static_cast<std::size_t>(*number));
      continue;
    }
    if (!is_digit_unit(replacement[i])) return illegal_argument("Illegal group reference");
    // One digit must be a group; more digits count while such a group exists.
    std::size_t number = replacement[i++] - u'0';
    if (number >= groups.size()) {
      return num::thrown("java.lang.IndexOutOfBoundsException", "No group " + std::to_string(number));
    }
    while (i < replacement.size() && is_digit_unit(replacement[i])) {
      std::size_t longer = number * 10 + (replacement[i] - u'0');
      if (longer >= groups.size()) break;
      number = longer;
      ++i;
    }
    add_group(number);
  }
  return out;
}

num::JavaResult<std::u16string> replace_all(const Regex& regex, const Subject& subject,
                                            std::u16string_view replacement) {
  return replace(regex, subject, replacement, true);
}

num::JavaResult<std::u16string> replace_first(const Regex& regex, const Subject& subject,
                                              std::u16string_view replacement) {
  return replace(regex, subject, replacement, false);
}

Result<std::vector<Group>> split(const Regex& regex, const Subject& subject, std::int32_t limit) {
  std::vector<Group> parts;
  std::size_t begin = 0;
  std::size_t from = 0;
  while (from <= subject.size() && (limit <= 0 || parts.size() + 1 < static_cast<std::size_t>(limit))) {
    auto found = WL_TRY(regex.match(subject, from));
    if (!found) break;
    auto start = static_cast<std::size_t>((*found)[0].start);
    auto end = static_cast<std::size_t>((*found)[0].end);
    from = end > start ? end : end + 1;
    // An empty match at the very beginning splits nothing off.
    if (start == 0 && end == 0) continue;
    parts.push_back({static_cast<std::int32_t>(begin), static_cast<std::int32_t>(start)});
    begin = end;
  }
  Group rest{static_cast<std::int32_t>(begin), static_cast<std::int32_t>(subject.size())};
  if (begin == 0 && parts.empty()) return std::vector<Group>{rest};
  parts.push_back(rest);
  if (limit == 0) {
    while (!parts.empty() && parts.back().start == parts.back().end) parts.pop_back();
  }
  return parts;
}

std::u16string quote_pattern(std::u16string_view text) {
  std::u16string out = u"\\Q";
  while (true) {
    std::size_t end = text.find(u"\\E");
    if (end == text.npos) break;
    out += text.substr(0, end);
    out += u"\\E\\\\E\\Q";
    text.remove_prefix(end + 2);
  }
  out += text;
  return out + u"\\E";
}

std::u16string quote_replacement(std::u16string_view text) {
  std::u16string out;
  for (char16_t c : text) {
    if (c == u'\\' || c == u'$') out.push_back(u'\\');
    out.push_back(c);
  }
  return out;
}

}  // namespace windlass::text
