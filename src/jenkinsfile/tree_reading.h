// Small questions about the syntax tree that Declarative asks everywhere: is this statement a call, a block, a literal,
// and where would Groovy 2.4 say that it stands. Groovy's own tree places operators, casts and ternaries at the
// operator, so a diagnostic about `a + b` points at the `+`; those places are part of what people see
// (pipeline-language 2.11).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "groovy/ast.h"
#include "jenkinsfile/model.h"

namespace windlass::jenkinsfile {

/// The call that a statement consists of, or null.
const groovy::MethodCall* find_call(const groovy::Stmt* statement);

/// The name of a call without receiver (`this.foo()` counts as one); empty for any other call.
std::string_view own_name(const groovy::MethodCall& call);

/// The literal closure that ends the arguments of a call without receiver, or null.
const groovy::Closure* find_block(const groovy::MethodCall* call);

/// One argument as Groovy's tree has it: all named arguments together are one map, and the first.
struct RawArgument {
  const groovy::Expr* expr = nullptr;                       ///< null for the map of named arguments
  const groovy::List<groovy::MapEntry>* entries = nullptr;  ///< named arguments, or the entries of a literal map
  Place place = 0;
};
std::vector<RawArgument> arguments_of(const groovy::MethodCall& call);

/// The text of a literal string, or the name of a bare variable; nothing for anything else.
std::optional<std::string_view> find_key(const groovy::Expr* expr);

/// A literal number, string, boolean or null (a minus sign before a number included); kind `code` for anything else.
Value read_literal(const groovy::Expr* expr);

/// Where Groovy says a nested expression begins.
Place place_of(const groovy::Source& source, const groovy::Expr* expr);

/// As place_of(), but at the outermost parenthesis around an expression that is no argument.
Place grouped_place_of(const groovy::Source& source, const groovy::Expr* expr);

/// `FOO_1`, not `1FOO`, `FOO-1`, `$FOO`.
bool is_environment_name(std::string_view name);

/// Of the candidates the one with the smallest edit distance, the first of equals; empty when there is none.
std::string find_nearest(std::string_view name, const std::vector<std::string>& candidates);
/// Insertions, deletions and replacements from one to the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace windlass::jenkinsfile
