// Which variables of a function are used by closures or anonymous classes inside it, and which are assigned more than
// once: what decides whether a variable lives in a register, is copied into closures, or needs a cell.
//
// One walk over a function's tree before it is compiled. Variables are keyed by the address of their declaring node.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "groovy/ast.h"

namespace windlass::vm {

struct VariableFacts {
  bool captured = false;
  bool reassigned = false;
};

class CaptureAnalysis {
 public:
  void method(const groovy::MethodDecl& method);
  void closure_or_block(groovy::List<groovy::Parameter> parameters, const groovy::Block* body);
  void statements(groovy::List<groovy::Stmt*> statements);
  void expression_root(const groovy::Expr* expr);
  void class_body(const groovy::ClassDecl& declaration);

  /// The @Field declarations seen so far, in closures too: they are the script's fields wherever they stand.
  [[nodiscard]] const std::vector<const groovy::Declaration*>& fields() const { return fields_; }

  /// Needs a heap cell: captured and assigned after its declaration.
  [[nodiscard]] bool needs_cell(const void* declaring_node) const {
    const auto it = facts_.find(declaring_node);
    return it != facts_.end() && it->second.captured && it->second.reassigned;
  }

 private:
  struct Entry {
    std::string_view name;
    const void* node;
    int depth;
    std::uint32_t shadowed;  ///< entry of the same name further out, plus one; 0 = none
  };
  void statement(const groovy::Stmt* stmt);
  void block(groovy::List<groovy::Stmt*> statements);
  void expression(const groovy::Expr* expr);
  void arguments(const groovy::Arguments& arguments);
  void declare(std::string_view name, const void* node);
  void leave(std::size_t mark);
  void use(std::string_view name, bool assigned);
  void assign_target(const groovy::Expr* target);

  std::vector<Entry> scope_;
  std::unordered_map<std::string_view, std::uint32_t> newest_;  ///< of each name in scope: its entry plus one
  int depth_ = 0;
  std::unordered_map<const void*, VariableFacts> facts_;
  std::vector<const groovy::Declaration*> fields_;
};

}  // namespace windlass::vm
