// Label expressions: a precedence climber over at most kMaxNodes nodes; see the header.
#include "text/label_expression.h"

#include <algorithm>

namespace windlass::text {

namespace {
constexpr std::size_t kMaxText = 8192;
constexpr int kMaxDepth = 100;
}  // namespace

class LabelParser {
 public:
  explicit LabelParser(std::string_view text) : text_(text) {}

  Result<LabelExpression> run() {
    if (text_.size() > kMaxText) return fail(ErrorKind::invalid, "a label expression is longer than 8192 bytes");
    skip_space();
    if (pos_ == text_.size()) return std::move(out_);
    WL_CHECK_OK(binary(Op::iff));
    skip_space();
    if (pos_ < text_.size()) return unexpected("an operator or the end");
    return std::move(out_);
  }

 private:
  using Op = LabelExpression::Op;

  [[nodiscard]] std::unexpected<Error> unexpected(std::string_view wanted) const {
    std::string seen = pos_ < text_.size() ? "`" + std::string(text_.substr(pos_, 1)) + "`" : "the end";
    return fail(ErrorKind::invalid, "invalid label expression `" + std::string(text_.substr(0, 200)) + "`: expected " +
                                        std::string(wanted) + " at column " + std::to_string(pos_ + 1) + ", found " +
                                        seen);
  }

  void skip_space() {
    while (pos_ < text_.size() && (text_[pos_] == ' ' || (text_[pos_] >= '\t' && text_[pos_] <= '\r'))) ++pos_;
  }
  bool take(std::string_view token) {
    skip_space();
    if (!text_.substr(pos_).starts_with(token)) return false;
    pos_ += token.size();
    return true;
  }
  std::uint32_t add(LabelExpression::Node node) {
    out_.nodes_.push_back(std::move(node));
    return static_cast<std::uint32_t>(out_.nodes_.size() - 1);
  }

  /// One level of binary operators, from iff (loosest) to both (tightest); left associative.
  Result<std::uint32_t> binary(Op level) {
    static constexpr std::string_view tokens[] = {"", "", "&&", "||", "->", "<->"};
    auto next = [&]() -> Result<std::uint32_t> {
      if (level == Op::both) return unary();
      return binary(static_cast<Op>(static_cast<int>(level) - 1));
    };
    std::uint32_t left = WL_TRY(next());
    while (take(tokens[static_cast<int>(level)])) {
      std::uint32_t right = WL_TRY(next());
      left = add({level, left, right, {}});
    }
    return left;
  }

  Result<std::uint32_t> unary() {
    if (++depth_ > kMaxDepth) return fail(ErrorKind::invalid, "a label expression is nested more than 100 deep");
    std::uint32_t node = 0;
    if (take("!")) {
      std::uint32_t inner = WL_TRY(unary());
      node = add({Op::negate, inner, 0, {}});
    } else if (take("(")) {
      node = WL_TRY(binary(Op::iff));
      if (!take(")")) return unexpected("`)`");
    } else if (take("\"")) {
      std::string name;
      while (pos_ < text_.size() && text_[pos_] != '"') {
        if (text_[pos_] == '\\' && pos_ + 1 < text_.size()) ++pos_;
        name.push_back(text_[pos_++]);
      }
      if (pos_ == text_.size()) return unexpected("a closing quote");
      ++pos_;
      node = add({Op::name, 0, 0, std::move(name)});
    } else {
      std::string name;
      while (pos_ < text_.size() && is_name_char()) name.push_back(text_[pos_++]);
      if (name.empty()) return unexpected("a label");
      node = add({Op::name, 0, 0, std::move(name)});
    }
    --depth_;
    return node;
  }

  [[nodiscard]] bool is_name_char() const {
    char c = text_[pos_];
    if (c == '-') return pos_ + 1 >= text_.size() || text_[pos_ + 1] != '>';
    return std::string_view("&|!<>() \t\n\v\f\r\"").find(c) == std::string_view::npos;
  }

  std::string_view text_;
  std::size_t pos_ = 0;
  int depth_ = 0;
  LabelExpression out_;
};

namespace {
std::string quoted_if_needed(const std::string& name) {
  bool plain = !name.empty() && name.find_first_of("&|!<>() \t\n\v\f\r\"\\") == std::string::npos &&
               name.find("->") == std::string::npos;
  if (plain) return name;
  std::string out = "\"";
  for (char c : name) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}
}  // namespace

Result<LabelExpression> LabelExpression::parse(std::string_view text) { return LabelParser(text).run(); }

bool LabelExpression::matches(const std::function<bool(std::string_view)>& has) const {
  if (nodes_.empty()) return true;
  std::vector<bool> value(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    bool left = node.op != Op::name && value[node.left];
    bool right = node.op != Op::name && node.op != Op::negate && value[node.right];
    switch (node.op) {
      case Op::name:
        value[i] = has(node.name);
        break;
      case Op::negate:
        value[i] = !left;
        break;
      case Op::both:
        value[i] = left && right;
        break;
      case Op::either:
        value[i] = left || right;
        break;
      case Op::implies:
        value[i] = !left || right;
        break;
      case Op::iff:
        value[i] = left == right;
        break;
    }
  }
  return value.back();
}

bool LabelExpression::matches(const std::vector<std::string>& labels) const {
  return matches([&](std::string_view name) { return std::find(labels.begin(), labels.end(), name) != labels.end(); });
}

std::string LabelExpression::format() const {
  // Children come first, so every node's text is ready when its parent needs it.
  static constexpr std::string_view tokens[] = {"", "!", "&&", "||", "->", "<->"};
  std::vector<std::string> texts(nodes_.size());
  auto child = [&](const Node& parent, std::uint32_t index) {
    bool wrap = precedence(nodes_[index].op) > precedence(parent.op);
    return wrap ? "(" + texts[index] + ")" : texts[index];
  };
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    std::string_view token = tokens[static_cast<int>(node.op)];
    if (node.op == Op::name)
      texts[i] = quoted_if_needed(node.name);
    else if (node.op == Op::negate)
      texts[i] = "!" + child(node, node.left);
    else
      texts[i] = child(node, node.left) + std::string(token) + child(node, node.right);
  }
  return texts.empty() ? "" : texts.back();
}

std::vector<std::string> LabelExpression::names() const {
  std::vector<std::string> out;
  for (const Node& node : nodes_) {
    if (node.op == Op::name && std::find(out.begin(), out.end(), node.name) == out.end()) out.push_back(node.name);
  }
  return out;
}

}  // namespace windlass::text
