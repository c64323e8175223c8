#include "steps/substitute.h"

namespace windlass::steps {

namespace {
bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }
}  // namespace

std::string substitute_variables(const std::map<std::string, std::string>& variables, std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto dollar = std::min(text.find('$', at), text.size());
    out += text.substr(at, dollar - at);
    at = dollar;
    if (at == text.size()) break;
    const bool braced = text.substr(at, 2) == "${";
    const auto from = at + (braced ? 2 : 1);
    auto end = from;
    while (end < text.size() && is_name(text[end])) ++end;
    const bool closed = !braced || (end < text.size() && text[end] == '}');
    const auto found =
        end > from && closed ? variables.find(std::string(text.substr(from, end - from))) : variables.end();
    if (found == variables.end()) {
      out += text[at++];
      continue;
    }
    out += found->second;
    at = end + (braced ? 1 : 0);
  }
  return out;
}

}  // namespace windlass::steps
