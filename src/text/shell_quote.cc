#include "text/shell_quote.h"

#include <algorithm>

namespace windlass::text {

namespace {
bool is_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-./:=@%+,").find(c) != std::string_view::npos;
}
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
}  // namespace

std::string shell_quote(std::string_view argument) {
  if (!argument.empty() && std::all_of(argument.begin(), argument.end(), is_safe)) return std::string(argument);
  return shell_quote_always(argument);
}

std::string shell_quote_always(std::string_view argument) {
  std::string out = "'";
  for (char c : argument) {
    if (c == '\'')
      out += "'\\''";
    else
      out.push_back(c);
  }
  return out + "'";
}

std::string shell_join(const std::vector<std::string>& arguments) {
  std::string out;
  for (const auto& argument : arguments) out += (out.empty() ? "" : " ") + shell_quote(argument);
  return out;
}

Result<std::vector<std::string>> split_shell_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (is_blank(c)) {
      if (open) words.push_back(std::move(word));
      word.clear();
      open = false;
      continue;
    }
    open = true;
    if (c == '\'') {
      std::size_t end = line.find('\'', i + 1);
      if (end == line.npos)
        return fail(ErrorKind::invalid, "a single quote at column " + std::to_string(i + 1) + " is not closed");
      word += line.substr(i + 1, end - i - 1);
      i = end;
    } else if (c == '"') {
      std::size_t start = i;
      for (++i; i < line.size() && line[i] != '"'; ++i) {
        bool escapes = line[i] == '\\' && i + 1 < line.size() &&
                       std::string_view("$`\"\\\n").find(line[i + 1]) != std::string_view::npos;
        if (escapes && line[++i] == '\n') continue;
        word.push_back(line[i]);
      }
      if (i >= line.size())
        return fail(ErrorKind::invalid, "a double quote at column " + std::to_string(start + 1) + " is not closed");
    } else if (c == '\\') {
      if (i + 1 == line.size()) return fail(ErrorKind::invalid, "the command line ends with a backslash");
      if (line[++i] != '\n') word.push_back(line[i]);
    } else {
      word.push_back(c);
    }
  }
  if (open) words.push_back(std::move(word));
  return words;
}

}  // namespace windlass::text
