#include "jenkinsfile/convert.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "data/json.h"
#include "jenkinsfile/json_parts.h"
#include "jenkinsfile/json_text.h"

namespace windlass::jenkinsfile {
namespace {

using data::Value;

bool same(const Value& a, const Value& b) { return data::format_json_canonical(a) == data::format_json_canonical(b); }

/// The value at a path below; null when there is none.
const Value* at_path(const Value& root, const std::vector<std::string>& path) {
  const auto* value = &root;
  for (const auto& step : path) {
    if (value->is_list()) {
      const auto index = static_cast<std::size_t>(std::strtoul(step.c_str(), nullptr, 10));
      if (index >= value->items().size()) return nullptr;
      value = &value->items()[index];
    } else {
      value = value->find(step);
      if (value == nullptr) return nullptr;
    }
  }
  return value;
}
Value* at_path(Value& root, const std::vector<std::string>& path) {
  auto* value = &root;
  for (const auto& step : path) {
    if (value->is_list()) {
      const auto index = static_cast<std::size_t>(std::strtoul(step.c_str(), nullptr, 10));
      if (index >= value->items().size()) return nullptr;
      value = &value->mutable_items()[index];
    } else {
      value = value->find(step);
      if (value == nullptr) return nullptr;
    }
  }
  return value;
}

/// What makes an item of a list the same thing although its content changed.
std::string identity(const Value& item) {
  for (const auto* member : {"key", "condition", "name"}) {
    if (const auto* found = item.find(member); found != nullptr && found->is_string()) return found->text();
  }
  return data::format_json_canonical(item);
}

struct Edit {
  std::uint32_t begin = 0, end = 0;
  std::string text;
  std::size_t order = 0;  ///< of recording: insertions at one place keep it
};

class Patcher {
 public:
  Patcher(const groovy::Source& source, const Catalog& catalog)
      : text_(source.text()), writer_(catalog, unit_of(source.text())) {}

  /// Records the edits for one part; false: it must be replaced as a whole.
  bool patch(const Part& part, const Value& had, const Value& wanted);
  void replace(const Part& part, const Value& wanted);
  [[nodiscard]] const std::optional<std::string>& problem() const { return writer_.problem(); }
  std::string apply();

 private:
  /// The first indentation of the file; four blanks when there is none.
  static std::string unit_of(std::string_view text) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      const auto end = text.find_first_not_of(" \t", at + 1);
      if (end == std::string_view::npos) break;
      if (end > at + 1 && text[end] != '\n' && text[end] != '\r' && text[end] != '*')
        return std::string(text.substr(at + 1, end - at - 1));
    }
    return "    ";
  }
  [[nodiscard]] std::size_t line_begin(std::size_t at) const {
    const auto found = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
    return found == std::string_view::npos ? 0 : found + 1;
  }
  [[nodiscard]] std::size_t line_end(std::size_t at) const {
    const auto found = text_.find('\n', at);
    return found == std::string_view::npos ? text_.size() : found;
  }
  [[nodiscard]] std::string indent_at(std::size_t at) const {
    const auto begin = line_begin(at);
    const auto end = std::min(text_.find_first_not_of(" \t", begin), text_.size());
    return std::string(text_.substr(begin, end - begin));
  }
  bool patch_list(const Part& part, const Value& had, const Value& wanted);
  bool patch_object(const Part& part, const Value& had, const Value& wanted);
  std::string written(const Part& part, const Value& wanted, const std::string& indent);
  void remove(groovy::Span span);
  /// A statement of its own below `after`, or at the block's beginning when `after` is null.
  void insert(const Part& block, const groovy::Span* after, const std::string& text);
  [[nodiscard]] std::string item_indent(const Part& block) const;

  std::string_view text_;
  JsonText writer_;
  std::vector<Edit> edits_;
};

bool is_list_role(Role role) {
  switch (role) {
    case Role::stages:
    case Role::environment:
    case Role::tools:
    case Role::calls:
    case Role::libraries:
    case Role::steps:
    case Role::conditions:
    case Role::post:
    case Role::axes:
      return true;
    case Role::pipeline:
    case Role::stage:
    case Role::section:
    case Role::step:
    case Role::condition:
    case Role::call:
    case Role::environment_entry:
    case Role::tool:
    case Role::library:
    case Role::post_condition:
    case Role::axis:
    case Role::agent:
    case Role::value:
    case Role::name:
    case Role::code:
    case Role::flag:
      break;
  }
  return false;
}

Role item_role(Role list) {
  switch (list) {
    case Role::stages:
      return Role::stage;
    case Role::environment:
      return Role::environment_entry;
    case Role::tools:
      return Role::tool;
    case Role::calls:
      return Role::call;
    case Role::libraries:
      return Role::library;
    case Role::steps:
      return Role::step;
    case Role::conditions:
      return Role::condition;
    case Role::post:
      return Role::post_condition;
    case Role::axes:
      return Role::axis;
    case Role::pipeline:
    case Role::stage:
    case Role::section:
    case Role::step:
    case Role::condition:
    case Role::call:
    case Role::environment_entry:
    case Role::tool:
    case Role::library:
    case Role::post_condition:
    case Role::axis:
    case Role::agent:
    case Role::value:
    case Role::name:
    case Role::code:
    case Role::flag:
      break;
  }
  return Role::value;
}

std::string Patcher::item_indent(const Part& block) const {
  for (const auto& child : block.parts) {
    const auto begin = line_begin(child.span.begin);
    if (text_.find_first_not_of(" \t", begin) == child.span.begin) return indent_at(child.span.begin);
  }
  return indent_at(block.open) + unit_of(text_);
}

std::string Patcher::written(const Part& part, const Value& wanted, const std::string& indent) {
  const bool is_member =
      part.role == Role::section || part.role == Role::agent || part.role == Role::flag || is_list_role(part.role);
  if (is_member && !part.path.empty()) return writer_.member(part.path.back(), wanted, indent);
  return writer_.part(part.role, wanted, indent);
}

void Patcher::replace(const Part& part, const Value& wanted) {
  edits_.push_back({part.span.begin, part.span.end, written(part, wanted, indent_at(part.span.begin))});
}

void Patcher::remove(groovy::Span span) {
  auto begin = line_begin(span.begin);
  auto end = line_end(span.end);
  const bool alone = text_.substr(begin, span.begin - begin).find_first_not_of(" \t") == std::string_view::npos &&
                     text_.substr(span.end, end - span.end).find_first_not_of(" \t;\r") == std::string_view::npos;
  if (alone) {
    edits_.push_back(
        {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(std::min(end + 1, text_.size())), ""});
    return;
  }
  // On a line with others: the `;` that separated it goes too.
  auto after = text_.find_first_not_of(" \t", span.end);
  if (after != std::string_view::npos && text_[after] == ';') span.end = static_cast<std::uint32_t>(after + 1);
  edits_.push_back({span.begin, span.end, ""});
}

void Patcher::insert(const Part& block, const groovy::Span* after, const std::string& text) {
  const auto indent = item_indent(block);
  const std::size_t from = after == nullptr ? block.open : after->end;
  const auto end = line_end(from);
  const auto rest = text_.substr(from, end - from);
  const auto first = rest.find_first_not_of(" \t\r;");
  const auto trailing = first == std::string_view::npos ? std::string_view{} : rest.substr(first);
  const auto comment_end = trailing.starts_with("/*") ? trailing.find("*/") : std::string_view::npos;
  const bool line_is_free = trailing.empty() || trailing.starts_with("//") ||
                            (comment_end != std::string_view::npos &&
                             trailing.find_first_not_of(" \t\r", comment_end + 2) == std::string_view::npos);
  if (line_is_free && end < block.close) {
    edits_.push_back({static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(end), "\n" + indent + text});
    return;
  }
  // `{ a }` on one line: the new statement gets a line, what follows too.
  const auto next = text_.find_first_not_of(" \t;", from);
  const bool closes = next >= block.close;
  edits_.push_back({static_cast<std::uint32_t>(from),
                    static_cast<std::uint32_t>(std::min<std::size_t>(next, block.close)),
                    "\n" + indent + text + "\n" + (closes ? indent_at(block.open) : indent)});
}

bool Patcher::patch_list(const Part& part, const Value& had, const Value& wanted) {
  if (!wanted.is_list() || part.open == 0 || had.items().size() != part.parts.size()) return false;
  const auto& items = wanted.items();
  // The longest common subsequence by identity; lists of statements are short.
  const std::size_t n = part.parts.size();
  const std::size_t m = items.size();
  if (n * m > 1'000'000) return false;
  std::vector<std::string> old_ids, new_ids;
  for (const auto& item : had.items()) old_ids.push_back(identity(item));
  for (const auto& item : items) new_ids.push_back(identity(item));
  std::vector<std::vector<std::uint32_t>> longest(n + 1, std::vector<std::uint32_t>(m + 1, 0));
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = m; j-- > 0;) {
      longest[i][j] =
          old_ids[i] == new_ids[j] ? longest[i + 1][j + 1] + 1 : std::max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  std::size_t i = 0;
  std::size_t j = 0;
  const groovy::Span* last = nullptr;
  while (i < n || j < m) {
    if (i < n && j < m && old_ids[i] == new_ids[j]) {
      if (!patch(part.parts[i], had.items()[i], items[j])) replace(part.parts[i], items[j]);
      last = &part.parts[i].span;
      ++i;
      ++j;
    } else if (i < n && j < m && longest[i][j] == longest[i + 1][j + 1]) {
      // Neither is kept elsewhere: one took the other's place (a stage or step was renamed).
      if (!patch(part.parts[i], had.items()[i], items[j])) replace(part.parts[i], items[j]);
      last = &part.parts[i].span;
      ++i;
      ++j;
    } else if (j < m && (i >= n || longest[i][j + 1] >= longest[i + 1][j])) {
      insert(part, last, writer_.part(item_role(part.role), items[j], item_indent(part)));
      ++j;
    } else {
      remove(part.parts[i].span);
      last = &part.parts[i].span;
      ++i;
    }
  }
  return true;
}

bool Patcher::patch_object(const Part& part, const Value& had, const Value& wanted) {
  const bool has_members =
      part.open != 0 && (part.role == Role::pipeline || part.role == Role::stage || part.role == Role::section);
  // Everything that no child covers must be equal, or be a member that came or went.
  Value rest = wanted;
  std::vector<std::pair<const Part*, const Value*>> changed;
  std::vector<const Part*> gone;
  for (const auto& child : part.parts) {
    const auto* before = at_path(had, child.path);
    const auto* now = at_path(wanted, child.path);
    if (before == nullptr) return false;
    auto* slot = at_path(rest, child.path);
    if (now != nullptr && slot != nullptr) {
      changed.emplace_back(&child, now);
      *slot = *before;
    } else if (has_members && child.path.size() == 1) {
      gone.push_back(&child);
      rest.set(child.path[0], *before);
    } else {
      return false;
    }
  }
  std::vector<std::pair<std::string, const Value*>> added;
  if (has_members) {
    Value without = Value::map();
    for (const auto& [name, member] : rest.members()) {
      if (had.find(name) != nullptr) {
        without.set(name, member);
      } else {
        added.emplace_back(name, wanted.find(name));
      }
    }
    rest = std::move(without);
  }
  if (!same(rest, had)) return false;
  const auto recorded = edits_.size();
  const groovy::Span* last = nullptr;
  for (const auto& [child, now] : changed) {
    if (!patch(*child, *at_path(had, child->path), *now)) {
      if (child->span.end <= child->span.begin) {
        edits_.resize(recorded);
        return false;
      }
      replace(*child, *now);
    }
  }
  for (const auto& child : part.parts) {
    const bool inside = child.span.begin >= part.open && child.span.end <= part.close && part.open != 0;
    if (inside && (last == nullptr || child.span.end > last->end)) last = &child.span;
  }
  for (const auto* child : gone) remove(child->span);
  for (const auto& [name, member] : added) insert(part, last, writer_.member(name, *member, item_indent(part)));
  return true;
}

bool Patcher::patch(const Part& part, const Value& had, const Value& wanted) {
  if (same(had, wanted)) return true;
  if (is_list_role(part.role)) return patch_list(part, had, wanted);
  if (part.parts.empty()) return false;
  return patch_object(part, had, wanted);
}

std::string Patcher::apply() {
  for (std::size_t i = 0; i < edits_.size(); ++i) edits_[i].order = i;
  std::sort(edits_.begin(), edits_.end(),
            [](const Edit& a, const Edit& b) { return std::pair(a.begin, a.order) < std::pair(b.begin, b.order); });
  std::string out;
  std::size_t at = 0;
  for (const auto& edit : edits_) {
    if (edit.begin > at) out += text_.substr(at, edit.begin - at);
    out += edit.text;
    at = std::max<std::size_t>(at, edit.end);
  }
  return out + std::string(text_.substr(at));
}

}  // namespace

data::Value to_json(const groovy::Source& source, const Model& model, const Catalog& catalog) {
  return data::Value::map_of("pipeline", describe(source, model, catalog).json);
}

Result<std::string> from_json(const data::Value& json, const Catalog& catalog) {
  JsonText writer(catalog, "    ");
  auto text = writer.file(json);
  if (writer.problem())
    return fail(ErrorKind::invalid, {"this JSON is no pipeline: {}", "此 JSON 不是流水线：{}"}, {*writer.problem()});
  return text;
}

Result<std::string> patch_with_json(const groovy::Source& source, const Model& model, const Catalog& catalog,
                                    const data::Value& changed) {
  const auto* pipeline = changed.find("pipeline");
  if (pipeline == nullptr || !pipeline->is_map()) {
    return fail(ErrorKind::invalid, {"this JSON is no pipeline: no pipeline block or invalid pipeline block content",
                                     "此 JSON 不是流水线：没有 pipeline 块，或其内容无效"});
  }
  const auto part = describe(source, model, catalog);
  Patcher patcher(source, catalog);
  if (!patcher.patch(part, part.json, *pipeline)) patcher.replace(part, *pipeline);
  if (patcher.problem())
    return fail(ErrorKind::invalid, {"this JSON is no pipeline: {}", "此 JSON 不是流水线：{}"}, {*patcher.problem()});
  return patcher.apply();
}

}  // namespace windlass::jenkinsfile
