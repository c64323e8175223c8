// Jenkins' label expressions: names, quotes, !, &&, ||, ->, <->, parentheses. Source: pipeline-language.md §2.3.
//
// Not a scheduler. Precedence from tight to loose: ! && || -> <->. Depth and size are limited; an expression is a
// value.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace windlass::text {

class LabelExpression {
 public:
  /// An empty (or blank) text is any node. Errors: invalid, one sentence with the column.
  static Result<LabelExpression> parse(std::string_view text);

  /// `has(name)` says whether the node carries the label.
  [[nodiscard]] bool matches(const std::function<bool(std::string_view)>& has) const;
  [[nodiscard]] bool matches(const std::vector<std::string>& labels) const;
  [[nodiscard]] bool is_any() const { return nodes_.empty(); }
  /// Jenkins' normal form: "a&&b", names quoted when needed.
  [[nodiscard]] std::string format() const;
  /// All names in it, in order of appearance, each once.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  friend class LabelParser;
  enum class Op : std::uint8_t { name, negate, both, either, implies, iff };
  struct Node {
    Op op;
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    std::string name;
  };
  static int precedence(Op op) { return static_cast<int>(op); }
  std::vector<Node> nodes_;  // children before parents; the last one is the root
};

}  // namespace windlass::text
