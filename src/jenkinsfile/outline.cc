#include "jenkinsfile/outline.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "jenkinsfile/walk.h"

namespace windlass::jenkinsfile {

using groovy::as;
using groovy::NodeKind;

namespace {

/// A node to look at, and what is around it.
struct Place {
  const groovy::Node* node = nullptr;
  std::int32_t parent = -1;
  bool repeated = false;
  bool branches = false;         ///< directly in a Declarative `parallel { … }`: its stages are branches
  std::string_view branch = {};  ///< a closure that is a branch of that name
  bool cell = false;             ///< of a matrix: the branch has a stage of its name around all that is in it
};

/// The node as a T, where it is of that kind: `as` alone does not ask.
template <class T>
const T* find_as(const groovy::Node* node, NodeKind kind) {
  return node != nullptr && node->kind == kind ? as<T>(node) : nullptr;
}

std::string_view name_of(const groovy::MethodCall& call) {
  if (call.object != nullptr) return {};
  const auto* name = find_as<groovy::Constant>(call.name, NodeKind::constant);
  return name != nullptr ? name->text : std::string_view();
}

const groovy::Constant* text_of(const groovy::Expr* expression) {
  const auto* constant = find_as<groovy::Constant>(expression, NodeKind::constant);
  return constant != nullptr && constant->type == groovy::ConstantType::string ? constant : nullptr;
}

const groovy::Closure* last_closure(const groovy::Arguments& arguments) {
  return arguments.positional.empty() ? nullptr
                                      : find_as<groovy::Closure>(arguments.positional.back(), NodeKind::closure);
}

constexpr std::size_t kMostCells = 256;

struct Axis {
  std::string_view name;
  bool inverse = false;  ///< notValues
  std::vector<std::string_view> values;
  [[nodiscard]] bool has(std::string_view value) const { return std::ranges::find(values, value) != values.end(); }
};

/// The calls in a block, by name: `axes { axis { … } axis { … } }`.
std::vector<const groovy::MethodCall*> calls_in(const groovy::Closure& block, std::string_view name) {
  std::vector<const groovy::MethodCall*> out;
  if (block.body == nullptr) return out;
  for (const auto* statement : block.body->statements) {
    const auto* one = find_as<groovy::ExpressionStatement>(statement, NodeKind::expression_statement);
    const auto* call = one == nullptr ? nullptr : find_as<groovy::MethodCall>(one->expression, NodeKind::method_call);
    if (call != nullptr && name_of(*call) == name) out.push_back(call);
  }
  return out;
}

/// The axes in a block; nothing where one of them is no literal.
std::optional<std::vector<Axis>> axes_in(const groovy::Closure& block) {
  std::vector<Axis> out;
  for (const auto* call : calls_in(block, "axis")) {
    const auto* inner = last_closure(call->arguments);
    if (inner == nullptr) return std::nullopt;
    Axis axis;
    for (const auto* word : {"name", "values", "notValues"}) {
      for (const auto* given : calls_in(*inner, word)) {
        for (const auto* argument : given->arguments.positional) {
          const auto* text = text_of(argument);
          if (text == nullptr) return std::nullopt;
          if (std::string_view(word) == "name") {
            axis.name = text->text;
          } else {
            axis.values.push_back(text->text);
          }
        }
        axis.inverse = axis.inverse || std::string_view(word) == "notValues";
      }
    }
    if (axis.name.empty() || axis.values.empty()) return std::nullopt;
    out.push_back(std::move(axis));
  }
  return out;
}

/// The names of a matrix's cells, as its run has them: the product of the axes in written order, without what an
/// exclude takes out. Nothing where that is known only when it runs, or where there are very many.
std::optional<std::vector<std::string>> cells_of(const groovy::Closure& matrix) {
  using Cell = std::vector<std::pair<std::string_view, std::string_view>>;
  std::vector<Cell> cells = {{}};
  const auto axes = calls_in(matrix, "axes");
  const auto* block = axes.size() == 1 ? last_closure(axes.front()->arguments) : nullptr;
  const auto written = block == nullptr ? std::nullopt : axes_in(*block);
  if (!written || written->empty()) return std::nullopt;
  for (const auto& axis : *written) {
    std::vector<Cell> wider;
    for (const auto& cell : cells) {
      for (const auto value : axis.values) {
        wider.push_back(cell);
        wider.back().emplace_back(axis.name, value);
      }
    }
    if (wider.size() > kMostCells) return std::nullopt;
    cells = std::move(wider);
  }
  for (const auto* excludes : calls_in(matrix, "excludes")) {
    const auto* inner = last_closure(excludes->arguments);
    if (inner == nullptr) return std::nullopt;
    for (const auto* exclude : calls_in(*inner, "exclude")) {
      const auto* one = last_closure(exclude->arguments);
      const auto out = one == nullptr ? std::nullopt : axes_in(*one);
      if (!out) return std::nullopt;
      std::erase_if(cells, [&](const Cell& cell) {
        return std::ranges::all_of(*out, [&](const Axis& axis) {
          return std::ranges::any_of(
              cell, [&](const auto& mine) { return mine.first == axis.name && axis.has(mine.second) != axis.inverse; });
        });
      });
    }
  }
  std::vector<std::string> names;
  for (const auto& cell : cells) {
    std::string name = "Matrix - ";
    for (const auto& [axis, value] : cell) {
      if (name.back() == '\'') name += ", ";
      name += std::string(axis) + " = '" + std::string(value) + "'";
    }
    names.push_back(std::move(name));
  }
  return names;
}

class OutlineBuilder {
 public:
  explicit OutlineBuilder(const groovy::Source& source) : source_(source) {}

  void look(const groovy::Unit& unit) {
    for (std::size_t i = unit.statements.size(); i-- > 0;) todo_.push_back({unit.statements[i], -1, false, false});
    while (!todo_.empty() && out_.whole) {
      const auto place = todo_.back();
      todo_.pop_back();
      look_at(place);
    }
  }
  Outline take() { return std::move(out_); }

 private:
  /// Children of a node come next, in written order.
  void below(const groovy::Node* node, const Place& around) {
    const auto children = children_of(node);
    for (std::size_t i = children.size(); i-- > 0;) {
      auto place = around;
      place.node = children[i];
      todo_.push_back(place);
    }
  }

  std::int32_t add(OutlineEntry::Kind kind, std::string_view name, const groovy::Node* node, const Place& around) {
    if (out_.entries.size() >= kMostOutlineEntries) {
      out_.whole = false;
      return around.parent;
    }
    OutlineEntry entry;
    entry.kind = kind;
    entry.name = name;
    entry.parent = around.parent;
    entry.repeated = around.repeated;
    entry.path = around.parent < 0 ? entry.name
                                   : out_.entries[static_cast<std::size_t>(around.parent)].path + " / " + entry.name;
    if (const auto times = ++seen_[entry.path]; times > 1) entry.path += " (" + std::to_string(times) + ")";
    entry.first_byte = node->span.begin;
    entry.last_byte = node->span.end;
    entry.begin = source_.position(node->span.begin);
    entry.end = source_.position(node->span.end);
    out_.entries.push_back(std::move(entry));
    return static_cast<std::int32_t>(out_.entries.size() - 1);
  }

  void look_at(const Place& place) {
    auto inside = place;
    if (!place.branch.empty()) {
      inside.branch = {};
      inside.cell = false;
      inside.parent = add(OutlineEntry::Kind::branch, place.branch, place.node, inside);
      if (place.cell) inside.parent = add(OutlineEntry::Kind::stage, place.branch, place.node, inside);
      return below(as<groovy::Closure>(place.node)->body, inside);
    }
    switch (place.node->kind) {
      case NodeKind::while_:
      case NodeKind::for_in:
      case NodeKind::for_c:
        inside.repeated = true;
        inside.branches = false;
        return below(place.node, inside);
      case NodeKind::method_call:
        return look_at_call(*as<groovy::MethodCall>(place.node), place);
      default:
        return below(place.node, inside);
    }
  }

  void look_at_call(const groovy::MethodCall& call, const Place& place) {
    const auto name = name_of(call);
    auto inside = place;
    inside.branches = false;
    const auto* body = last_closure(call.arguments);
    if (name == "stage" && body != nullptr && !call.arguments.positional.empty()) {
      if (const auto* label = text_of(call.arguments.positional.front())) {
        if (place.branches) inside.parent = add(OutlineEntry::Kind::branch, label->text, &call, inside);
        inside.parent = add(OutlineEntry::Kind::stage, label->text, &call, inside);
      }
      return below(body, inside);
    }
    if (name == "parallel") {
      if (body != nullptr && call.arguments.named.empty() && call.arguments.positional.size() == 1) {
        inside.branches = true;
        return below(body, inside);
      }
      std::vector<Place> found;
      for (const auto& entry : call.arguments.named) {
        const auto* key = text_of(entry.key);
        const auto* branch = find_as<groovy::Closure>(entry.value, NodeKind::closure);
        if (key == nullptr || branch == nullptr) continue;
        auto one = inside;
        one.branch = key->text;
        one.node = branch;
        found.push_back(one);
      }
      for (std::size_t i = found.size(); i-- > 0;) todo_.push_back(found[i]);
      return;
    }
    if (name == "matrix" && body != nullptr) {
      if (const auto cells = cells_of(*body)) {
        for (std::size_t i = cells->size(); i-- > 0;) {
          names_.push_back((*cells)[i]);
          auto one = inside;
          one.branch = names_.back();
          one.cell = true;
          one.node = body;
          todo_.push_back(one);
        }
        return;
      }
    }
    // What is done with a closure by anything else than a step of ours may be done any number of times.
    if (name == "matrix" || (call.object != nullptr && body != nullptr)) inside.repeated = true;
    // Sections of Declarative (`stages`, `steps` …) and block steps: straight through.
    below(&call, inside);
  }

  const groovy::Source& source_;
  Outline out_;
  std::vector<Place> todo_;
  std::map<std::string, int> seen_;
  std::deque<std::string> names_;  ///< of cells; places refer to them
};

}  // namespace

Outline outline_of(const std::string& script, std::size_t max_bytes) {
  Outline none;
  none.whole = false;
  if (script.size() > max_bytes) return none;
  const auto source = std::make_shared<const groovy::Source>("WorkflowScript", script);
  const auto parsed = groovy::parse(source);
  if (!parsed.diagnostics.empty() || parsed.tree == nullptr) return none;
  OutlineBuilder builder(*source);
  builder.look(parsed.tree->unit);
  return builder.take();
}

}  // namespace windlass::jenkinsfile
