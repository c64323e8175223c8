// Building blocks for a transformer: new nodes in a tree's arena, all with the span of what they stand for, so that
// stack traces name lines of the original text.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "groovy/ast.h"

namespace windlass::jenkinsfile {

class Builder {
 public:
  explicit Builder(groovy::Tree& tree) : tree_(tree) {}

  groovy::Expr* string(std::string_view text, groovy::Span span);
  groovy::Expr* boolean(bool value, groovy::Span span);
  groovy::Expr* list(const std::vector<groovy::Expr*>& elements, groovy::Span span);
  groovy::Expr* call(std::string_view name, const std::vector<groovy::Expr*>& arguments, groovy::Span span);
  /// `{ parameter -> expr }`; without a parameter `{ -> expr }`.
  groovy::Expr* closure(groovy::Expr* expr, groovy::Span span, std::string_view parameter = {});
  groovy::Expr* map(const std::vector<groovy::MapEntry>& entries, groovy::Span span);
  groovy::MapEntry entry(std::string_view key, groovy::Expr* value);

  groovy::Tree& tree() { return tree_; }

 private:
  groovy::Tree& tree_;
};

/// Entries of a map literal, gathered one by one.
class MapBuilder {
 public:
  MapBuilder(Builder& builder, groovy::Span span) : builder_(builder), span_(span) {}
  void add(std::string_view key, groovy::Expr* value) {
    if (value != nullptr) entries_.push_back(builder_.entry(key, value));
  }
  void add(std::string_view key, std::string_view text) { add(key, builder_.string(text, span_)); }
  groovy::Expr* take() { return builder_.map(entries_, span_); }

 private:
  Builder& builder_;
  groovy::Span span_;
  std::vector<groovy::MapEntry> entries_;
};

}  // namespace windlass::jenkinsfile
