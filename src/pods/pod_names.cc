#include "pods/pod_names.h"

#include <algorithm>

#include "text/codec.h"
#include "text/digest.h"

namespace windlass::pods {
namespace {

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_lower_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// A name of a pod: DNS labels between dots.
bool is_subdomain(std::string_view name) {
  bool inside = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool edge = i == 0 || name[i - 1] == '.' || i + 1 == name.size() || name[i + 1] == '.';
    if (name[i] == '.') {
      if (!inside) return false;
      inside = false;
    } else if (is_lower_alphanumeric(name[i]) || (name[i] == '-' && !edge)) {
      inside = true;
    } else {
      return false;
    }
  }
  return inside;
}

}  // namespace

std::string sanitize_label(std::string_view text) {
  constexpr std::size_t kMost = 57;
  if (text.size() > kMost) text.remove_prefix(text.size() - kMost);
  std::string out(text);
  for (auto& c : out) {
    if (!is_alphanumeric(c) && c != '_' && c != '-') c = '_';
  }
  if (!out.empty() && !is_alphanumeric(out.front())) out.front() = 'x';
  if (!out.empty() && !is_alphanumeric(out.back())) out.back() = 'x';
  return out;
}

std::string label_digest(std::string_view label) { return text::encode_hex(text::digest("SHA-1", label).value_or("")); }

std::vector<std::string> label_atoms(std::string_view label) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from < label.size();) {
    const auto begin = label.find_first_not_of(" \t\n", from);
    if (begin == std::string_view::npos) break;
    // A blank may stand in a quoted atom.
    const bool is_quoted = label[begin] == '"';
    auto end = is_quoted ? label.find('"', begin + 1) : label.find_first_of(" \t\n", begin);
    end = std::min(end, label.size());
    out.emplace_back(label.substr(begin + (is_quoted ? 1 : 0), end - begin - (is_quoted ? 1 : 0)));
    from = end + 1;
  }
  return out;
}

std::string pod_name(std::string_view template_name, std::string_view suffix) {
  constexpr std::size_t kMost = 62;
  std::string name(template_name.substr(0, kMost - std::min(kMost, suffix.size())));
  for (auto& c : name) {
    if (c == ' ' || c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  name += "-";
  name += suffix;
  return is_subdomain(name) ? name : "jenkins-agent-" + std::string(suffix);
}

Result<void> check_suffix(std::string_view suffix) {
  if (suffix.size() >= 2 * kSuffixLength && std::ranges::all_of(suffix, is_lower_alphanumeric)) return {};
  return fail(ErrorKind::invalid, "a pod's name needs at least ten random letters and digits");
}

}  // namespace windlass::pods
