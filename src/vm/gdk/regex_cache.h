// Regular expressions that a run has compiled lately. A pattern within a loop is the rule, and making PCRE2's machine
// code of it costs a hundred times what matching a line does. A row per hash; a newcomer takes the place of the old
// one.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "text/regex.h"
#include "vm/heap.h"

namespace windlass::vm {

class RegexCache {
 public:
  /// As text::Regex::compile; errors are not remembered.
  Result<text::Regex> compile(Heap& heap, Value source, std::uint32_t flags) {
    const auto hash = static_cast<std::uint32_t>(heap.string_hash(source));
    auto& row = rows_[(hash ^ hash >> 16 ^ flags) % rows_.size()];
    const TextView pattern = heap.text(source);
    if (row && row->flags() == flags && TextView(std::u16string_view(row->pattern())) == pattern) return *row;
    auto compiled = text::Regex::compile(std::u16string_view(pattern.utf16()), flags);
    if (compiled) row = *compiled;
    return compiled;
  }

 private:
  std::array<std::optional<text::Regex>, 64> rows_;
};

}  // namespace windlass::vm
