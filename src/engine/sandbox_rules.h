// Which library members a script may use under --sandbox: what the lists that come with Jenkins' script security allow
// of the members that the evaluator has. What is not listed is refused. By name: where those lists have some overloads
// of a member, its others are allowed here too (`new Date(124, 0, 1)`, `map.remove(key, value)`); none of them reaches
// anything but the script's own values. Pure tables; any thread.
#pragma once

#include <span>
#include <string_view>

namespace windlass::engine {

/// `owner` is the class that declares the member, "<init>" the name of its constructors. Members of Groovy's own
/// methods (`collect`, `tokenize`) stand with the class they are called on.
[[nodiscard]] bool sandbox_allows(std::string_view owner, std::string_view member);

/// The members of one class that are allowed, with blanks between them.
struct SandboxRow {
  std::string_view owner, members;
};
/// The whole list, without the classes of the prelude.
[[nodiscard]] std::span<const SandboxRow> sandbox_rows();

/// What runs that were begun before the whole list (semantics below 5) are refused: the sentence, or nothing.
[[nodiscard]] std::string_view sandbox_refused_before(std::string_view owner, std::string_view member);

}  // namespace windlass::engine
