// .properties files; see the header. The grammar is java.util.Properties.load's.
#include "text/properties.h"

#include <algorithm>
#include <map>

#include "text/utf.h"

namespace windlass::text {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }

/// Logical lines: continuation joined, leading blanks dropped, comments and blank lines left out.
std::vector<std::string> logical_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::size_t i = 0;
  while (i < text.size()) {
    while (i < text.size() && (is_blank(text[i]) || is_line_end(text[i]))) ++i;
    if (i == text.size()) break;
    if (text[i] == '#' || text[i] == '!') {
      while (i < text.size() && !is_line_end(text[i])) ++i;
      continue;
    }
    std::string line;
    while (i < text.size() && !is_line_end(text[i])) {
      if (text[i] == '\\' && i + 1 < text.size()) {
        if (is_line_end(text[i + 1])) {
          i += text[i + 1] == '\r' && i + 2 < text.size() && text[i + 2] == '\n' ? 3 : 2;
          while (i < text.size() && is_blank(text[i])) ++i;
          continue;
        }
        line.push_back(text[i++]);
      }
      line.push_back(text[i++]);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Result<std::string> unescape(std::string_view text) {
  std::u16string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      append_utf16(out, next_code_point(text, i));
      continue;
    }
    if (++i == text.size()) break;  // a lone backslash at the end of the file
    char c = text[i];
    if (c == 'u') {
      if (i + 4 >= text.size()) return fail(ErrorKind::invalid, "Malformed \\uxxxx encoding.");
      char16_t unit = 0;
      for (std::size_t k = 1; k <= 4; ++k) {
        char digit = text[i + k];
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                    : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                   : -1;
        if (value < 0) return fail(ErrorKind::invalid, "Malformed \\uxxxx encoding.");
        unit = static_cast<char16_t>(unit * 16 + value);
      }
      out.push_back(unit);
      i += 5;
      continue;
    }
    if (c == 't' || c == 'n' || c == 'r' || c == 'f') {
      out.push_back(c == 't' ? u'\t' : c == 'n' ? u'\n' : c == 'r' ? u'\r' : u'\f');
      ++i;
      continue;
    }
    append_utf16(out, next_code_point(text, i));
  }
  return utf16_to_utf8(out);
}

void append_escaped(std::string& out, std::string_view text, bool key, bool ascii) {
  bool first = true;
  std::u16string units = utf8_to_utf16(text);
  for (std::size_t i = 0; i < units.size(); ++i) {
    char16_t c = units[i];
    switch (c) {
      case u' ':
        out += key || first ? "\\ " : " ";
        break;
      case u'\t':
        out += "\\t";
        break;
      case u'\n':
        out += "\\n";
        break;
      case u'\r':
        out += "\\r";
        break;
      case u'\f':
        out += "\\f";
        break;
      case u'\\':
      case u'=':
      case u':':
      case u'#':
      case u'!':
        out += '\\';
        out += static_cast<char>(c);
        break;
      default:
        if (c >= 0x20 && c <= 0x7E) {
          out += static_cast<char>(c);
        } else if (!ascii && c > 0x9F) {
          std::size_t next = i;
          append_utf8(out, next_code_point(std::u16string_view(units), next));
          i = next - 1;
        } else {
          constexpr std::string_view digits = "0123456789ABCDEF";
          out += "\\u";
          for (int shift = 12; shift >= 0; shift -= 4) out += digits[c >> shift & 15];
        }
    }
    first = false;
  }
}

}  // namespace

Result<PropertyList> parse_properties(std::string_view utf8) {
  PropertyList entries;
  std::map<std::string, std::size_t> places;
  for (const std::string& line : logical_lines(utf8)) {
    std::size_t end = 0;
    while (end < line.size() && line[end] != '=' && line[end] != ':' && !is_blank(line[end])) {
      end += line[end] == '\\' ? 2 : 1;
    }
    end = std::min(end, line.size());
    std::size_t value = end;
    while (value < line.size() && is_blank(line[value])) ++value;
    if (value < line.size() && (line[value] == '=' || line[value] == ':')) {
      ++value;
      while (value < line.size() && is_blank(line[value])) ++value;
    }
    std::string key = WL_TRY(unescape(std::string_view(line).substr(0, end)));
    std::string text = WL_TRY(unescape(std::string_view(line).substr(value)));
    auto [place, fresh] = places.emplace(key, entries.size());
    if (fresh)
      entries.emplace_back(std::move(key), std::move(text));
    else
      entries[place->second].second = std::move(text);
  }
  return entries;
}

std::string format_properties(const PropertyList& entries, bool ascii) {
  std::string out;
  for (const auto& [key, value] : entries) {
    append_escaped(out, key, true, ascii);
    out += '=';
    append_escaped(out, value, false, ascii);
    out += '\n';
  }
  return out;
}

}  // namespace windlass::text
