#include "objects/selector.h"

#include <algorithm>
#include <cctype>

namespace windlass::objects {

using data::Value;

namespace {

constexpr std::size_t kMaxSelectorBytes = 16 * 1024;

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Tokens of a label selector: words, and the signs , ( ) ! = == !=.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  std::string_view next() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ >= text_.size()) return {};
    const std::size_t begin = at_;
    const char c = text_[at_];
    if (c == ',' || c == '(' || c == ')') {
      ++at_;
    } else if (c == '!' || c == '=') {
      ++at_;
      if (at_ < text_.size() && text_[at_] == '=') ++at_;
    } else {
      while (at_ < text_.size() && std::string_view(",()!= \t").find(text_[at_]) == std::string_view::npos) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }
  std::string_view peek() {
    const std::size_t saved = at_;
    const auto token = next();
    at_ = saved;
    return token;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_word(std::string_view token) {
  return !token.empty() && std::string_view(",()!=").find(token[0]) == std::string_view::npos;
}

std::string field_text(const Value& object, std::string_view path) {
  const Value* at = &object;
  while (at != nullptr && !path.empty()) {
    const auto dot = path.find('.');
    at = at->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  if (at == nullptr) return {};
  if (at->is_string()) return at->text();
  if (at->is_bool()) return at->as_bool() ? "true" : "false";
  if (at->is_int()) return std::to_string(at->as_int());
  return {};
}

std::string check_part(std::string_view part, std::size_t longest, bool dots) {
  if (part.size() > longest) return "must be no more than " + std::to_string(longest) + " characters";
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool edge = i == 0 || i + 1 == part.size();
    if (is_alphanumeric(part[i])) continue;
    if (edge || (part[i] != '-' && part[i] != '_' && !(dots && part[i] == '.'))) {
      return "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
             "character";
    }
  }
  return {};
}

}  // namespace

Outcome<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector out;
  if (text.size() > kMaxSelectorBytes) return bad_request("the label selector is longer than 16 KiB");
  const auto wrong = [&](const std::string& what) {
    return bad_request("unable to parse requirement: " + what + " in '" + std::string(text) + "'");
  };
  Lexer lexer(text);
  if (lexer.peek().empty()) return out;
  for (;;) {
    Requirement requirement;
    auto token = lexer.next();
    if (token == "!") {
      requirement.op = Requirement::Operator::missing;
      token = lexer.next();
    }
    if (!is_word(token)) return wrong("found '" + std::string(token) + "', expected: identifier");
    if (auto problem = check_qualified_name(token); !problem.empty()) {
      return wrong("key: Invalid value: \"" + std::string(token) + "\": " + problem);
    }
    requirement.key = token;
    auto sign = lexer.peek();
    if (requirement.op == Requirement::Operator::missing || sign.empty() || sign == ",") {
      // exists or does not
    } else if (sign == "=" || sign == "==" || sign == "!=") {
      lexer.next();
      requirement.op = sign == "!=" ? Requirement::Operator::not_in : Requirement::Operator::in;
      std::string value;
      if (is_word(lexer.peek())) value = lexer.next();
      requirement.values.push_back(std::move(value));
    } else if (sign == "in" || sign == "notin") {
      lexer.next();
      requirement.op = sign == "in" ? Requirement::Operator::in : Requirement::Operator::not_in;
      if (lexer.next() != "(") return wrong("expected: '('");
      for (;;) {
        std::string value;
        if (is_word(lexer.peek())) value = lexer.next();
        requirement.values.push_back(std::move(value));
        const auto after = lexer.next();
        if (after == ")") break;
        if (after != ",") return wrong("found '" + std::string(after) + "', expected: ',' or ')'");
      }
    } else {
      return wrong("found '" + std::string(sign) + "', expected: in, notin, =, ==, !=");
    }
    for (const auto& value : requirement.values) {
      if (auto problem = check_label_value(value); !problem.empty()) {
        return wrong("values: Invalid value: \"" + value + "\": " + problem);
      }
    }
    out.requirements_.push_back(std::move(requirement));
    const auto separator = lexer.next();
    if (separator.empty()) return out;
    if (separator != ",") return wrong("found '" + std::string(separator) + "', expected: ',' or 'end of string'");
  }
}

bool LabelSelector::matches(const Value* labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& r) {
    const Value* value = labels != nullptr ? labels->find(r.key) : nullptr;
    const bool listed =
        value != nullptr && std::find(r.values.begin(), r.values.end(), value->text()) != r.values.end();
    switch (r.op) {
      case Requirement::Operator::exists:
        return value != nullptr;
      case Requirement::Operator::missing:
        return value == nullptr;
      case Requirement::Operator::in:
        return listed;
      case Requirement::Operator::not_in:
        return !listed;
    }
    return false;
  });
}

Outcome<FieldSelector> FieldSelector::parse(std::string_view text) {
  FieldSelector out;
  if (text.size() > kMaxSelectorBytes) return bad_request("the field selector is longer than 16 KiB");
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto part = trimmed(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    if (part.empty()) continue;
    const auto sign = part.find('=');
    if (sign == std::string_view::npos || sign == 0) {
      return bad_request("invalid field selector '" + std::string(part) + "'; expected field=value or field!=value");
    }
    Requirement requirement;
    const bool negative = part[sign - 1] == '!';
    requirement.op = negative ? Requirement::Operator::not_in : Requirement::Operator::in;
    requirement.key = trimmed(part.substr(0, negative ? sign - 1 : sign));
    auto value = part.substr(sign + 1);
    if (!negative && value.starts_with('=')) value.remove_prefix(1);
    requirement.values.emplace_back(trimmed(value));
    if (requirement.key.empty()) return bad_request("invalid field selector '" + std::string(part) + "'");
    out.requirements_.push_back(std::move(requirement));
  }
  return out;
}

bool FieldSelector::matches(const Value& object) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& r) {
    return (field_text(object, r.key) == r.values.front()) == (r.op == Requirement::Operator::in);
  });
}

std::string check_qualified_name(std::string_view name) {
  if (const auto slash = name.find('/'); slash != std::string_view::npos) {
    if (auto problem = check_dns_subdomain(name.substr(0, slash)); !problem.empty()) return "prefix part " + problem;
    name.remove_prefix(slash + 1);
  }
  if (name.empty()) return "name part must be non-empty";
  if (auto problem = check_part(name, 63, true); !problem.empty()) return "name part " + problem;
  return {};
}

std::string check_label_value(std::string_view value) { return check_part(value, 63, true); }

std::string check_dns_label(std::string_view name) {
  if (name.size() > 63) return "must be no more than 63 characters";
  constexpr std::string_view kShape =
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
      "with an alphanumeric character";
  if (name.empty()) return std::string(kShape);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) continue;
    if (c != '-' || i == 0 || i + 1 == name.size()) return std::string(kShape);
  }
  return {};
}

std::string check_dns_subdomain(std::string_view name) {
  if (name.size() > 253) return "must be no more than 253 characters";
  constexpr std::string_view kShape =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
      "and end with an alphanumeric character";
  for (;;) {
    const auto dot = name.find('.');
    if (!check_dns_label(name.substr(0, std::min(dot, name.size()))).empty()) {
      const auto part = name.substr(0, dot);
      if (part.size() <= 63 ||
          part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string_view::npos) {
        return std::string(kShape);
      }
    }
    if (dot == std::string_view::npos) return {};
    name.remove_prefix(dot + 1);
  }
}

}  // namespace windlass::objects
