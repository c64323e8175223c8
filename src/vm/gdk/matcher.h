// How a java.util.regex.Matcher lies in the heap: a native object that gdk/regex_methods.cc reads and the operators
// `=~` and `==~` make.
#pragma once

#include "vm/native.h"

namespace windlass::vm {

/// Slots of the native object.
enum MatcherSlot : std::uint32_t {
  matcher_pattern,   ///< Kind::pattern
  matcher_text,      ///< String
  matcher_groups,    ///< List of Integers (start, end of each group) of the last match, or null
  matcher_position,  ///< Integer: where find() goes on
  matcher_appended,  ///< Integer: what appendReplacement has consumed
  matcher_from,      ///< Integer: start of the region
  matcher_to,        ///< Integer: end of the region
  matcher_bounds,    ///< Integer: 1 where they do not anchor, 2 where they are transparent
  matcher_tried,  ///< List of the arguments of the last attempt (mode, start, region, bounds, pattern, text), or null
  kMatcherSlots,
};

/// A Matcher that has not matched yet.
Value make_matcher(Heap& heap, Value pattern, Value text);
/// A Pattern from a String, GString text or Pattern; PatternSyntaxException.
Status pattern_of(Call& call, Value source, Value& pattern);
/// text.matches(regex), for `==~`.
Status whole_match(Call& call, Value text, Value regex, bool& out);

}  // namespace windlass::vm
