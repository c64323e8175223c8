#include "jenkinsfile/source_ranges.h"

#include <memory>
#include <utility>

#include "jenkinsfile/outline.h"
#include "jenkinsfile/walk.h"

namespace windlass::jenkinsfile {

using groovy::as;
using groovy::NodeKind;
using groovy::Position;

namespace {

bool is_before(const Position& a, const Position& b) {
  return a.line != b.line ? a.line < b.line : a.column < b.column;
}

void widen(SourceRange& range, const SourceRange& by) {
  if (is_before(by.begin, range.begin)) range.begin = by.begin;
  if (is_before(range.end, by.end)) range.end = by.end;
}

}  // namespace

SourceRanges SourceRanges::of(const std::string& script, std::size_t max_bytes) {
  SourceRanges out;
  if (script.size() > max_bytes) return out;
  for (const auto& entry : outline_of(script, max_bytes).entries) {
    if (!entry.repeated) out.stages_.try_emplace(entry.path, SourceRange{entry.begin, entry.end});
  }
  const auto source = std::make_shared<const groovy::Source>("WorkflowScript", script);
  const auto parsed = groovy::parse(source);
  if (parsed.tree != nullptr && parsed.diagnostics.empty()) out.add_calls(*source, parsed.tree->unit);
  return out;
}

void SourceRanges::add_calls(const groovy::Source& source, const groovy::Unit& unit) {
  walk_unit(unit, [&](const groovy::Node* node) {
    if (node->kind != NodeKind::method_call) return true;
    const auto& call = *as<groovy::MethodCall>(node);
    const SourceRange range{source.position(call.span.begin), source.position(call.span.end)};
    const auto name_line = source.position(call.name->span.begin).line;
    for (const auto line : {range.begin.line, name_line}) {
      // Parents come first: what is there already is around this one, or beside it.
      const auto [whole, fresh] = lines_.try_emplace(line, range);
      if (!fresh) widen(whole->second, range);
      if (call.name->kind == NodeKind::constant) {
        const auto [known, first] = calls_[line].try_emplace(std::string(as<groovy::Constant>(call.name)->text), range);
        if (!first) widen(known->second, range);
      }
      if (name_line == range.begin.line) break;
    }
    return true;
  });
}

const SourceRange* SourceRanges::stage(const std::string& path) const {
  const auto found = stages_.find(path);
  return found == stages_.end() ? nullptr : &found->second;
}

const SourceRange* SourceRanges::call(std::uint32_t line, std::string_view name) const {
  if (const auto in_line = calls_.find(line); in_line != calls_.end()) {
    if (const auto found = in_line->second.find(name); found != in_line->second.end()) return &found->second;
  }
  const auto found = lines_.find(line);
  return found == lines_.end() ? nullptr : &found->second;
}

}  // namespace windlass::jenkinsfile
