#include "jenkinsfile/outline.h"

#include <map>
#include <memory>

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
};

std::string_view name_of(const groovy::MethodCall& call) {
  if (call.object != nullptr) return {};
  const auto* name = as<groovy::Constant>(call.name);
  return name != nullptr ? name->text : std::string_view();
}

const groovy::Constant* text_of(const groovy::Expr* expression) {
  const auto* constant = as<groovy::Constant>(expression);
  return constant != nullptr && constant->type == groovy::ConstantType::string ? constant : nullptr;
}

const groovy::Closure* last_closure(const groovy::Arguments& arguments) {
  return arguments.positional.empty() ? nullptr : as<groovy::Closure>(arguments.positional.back());
}

class Builder {
 public:
  explicit Builder(const groovy::Source& source) : source_(source) {}

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
      inside.parent = add(OutlineEntry::Kind::branch, place.branch, place.node, inside);
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
        const auto* branch = as<groovy::Closure>(entry.value);
        if (key == nullptr || branch == nullptr) continue;
        auto one = inside;
        one.branch = key->text;
        one.node = branch;
        found.push_back(one);
      }
      for (std::size_t i = found.size(); i-- > 0;) todo_.push_back(found[i]);
      return;
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
};

}  // namespace

Outline outline_of(const std::string& script, std::size_t max_bytes) {
  Outline none;
  none.whole = false;
  if (script.size() > max_bytes) return none;
  const auto source = std::make_shared<const groovy::Source>("WorkflowScript", script);
  const auto parsed = groovy::parse(source);
  if (!parsed.diagnostics.empty() || parsed.tree == nullptr) return none;
  Builder builder(*source);
  builder.look(parsed.tree->unit);
  return builder.take();
}

}  // namespace windlass::jenkinsfile
