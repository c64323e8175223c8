#include "jenkinsfile/libraries.h"

#include <algorithm>
#include <string_view>

#include "jenkinsfile/tree_reading.h"
#include "jenkinsfile/walk.h"

namespace windlass::jenkinsfile {

using groovy::as;
using groovy::NodeKind;

std::string LibraryRequest::version() const {
  const auto at = identifier.find('@');
  return at == std::string::npos ? std::string{} : identifier.substr(at + 1);
}

namespace {

class Collector {
 public:
  void annotations(const groovy::List<groovy::Annotation>& list) {
    for (const auto& annotation : list) {
      if (annotation.name != "Library" && !annotation.name.ends_with(".Library")) continue;
      for (const auto& argument : annotation.arguments) {
        if (argument.name == "value" || argument.name.empty()) value(argument.value, annotation.span);
      }
    }
  }
  std::vector<LibraryRequest> take() { return std::move(found_); }

 private:
  void value(const groovy::Expr* expr, groovy::Span span) {
    if (expr == nullptr) return;
    if (expr->kind == NodeKind::list) {
      for (const auto* element : as<groovy::ListLiteral>(expr)->elements) value(element, span);
    } else if (expr->kind == NodeKind::constant) {
      const auto* constant = as<groovy::Constant>(expr);
      if (constant->type != groovy::ConstantType::string || constant->text.empty()) return;
      const std::string identifier(constant->text);
      if (std::ranges::find(found_, identifier, &LibraryRequest::identifier) == found_.end()) {
        found_.push_back({identifier, span});
      }
    }
  }
  std::vector<LibraryRequest> found_;
};

bool is_pipeline(const groovy::Stmt* statement) {
  const auto* call = find_call(statement);
  return call != nullptr && own_name(*call) == "pipeline" && find_block(call) != nullptr &&
         call->arguments.named.empty() && call->arguments.positional.size() == 1;
}

/// A pipeline block without these is some other `pipeline` that a library's author calls.
bool has_agent_and_stages(const groovy::Stmt* statement) {
  bool agent = false;
  bool stages = false;
  for (const auto* item : find_block(find_call(statement))->body->statements) {
    const auto* call = find_call(item);
    if (call == nullptr) continue;
    agent = agent || own_name(*call) == "agent";
    stages = stages || own_name(*call) == "stages";
  }
  return agent && stages;
}

/// Statements of control structures, closures of other calls: everywhere a statement may stand.
void collect_below(const groovy::Node* root, bool into_closures, std::vector<groovy::Stmt*>& out) {
  walk(root, [&](const groovy::Node* node) {
    if (node->kind == NodeKind::closure) return into_closures;
    if (node->kind != NodeKind::expression_statement) return true;
    // The walk hands out const nodes of a tree whose owner asked; its statements are what a transformer replaces.
    auto* statement = const_cast<groovy::Stmt*>(as<groovy::Stmt>(node));
    if (!is_pipeline(statement)) return true;
    out.push_back(statement);
    return false;
  });
}

}  // namespace

std::vector<LibraryRequest> collect_libraries(const groovy::Tree& tree) {
  Collector collector;
  for (const auto& import : tree.unit.imports) collector.annotations(import.annotations);
  for (const auto* statement : tree.unit.statements) {
    walk(statement, [&collector](const groovy::Node* node) {
      if (node->kind == NodeKind::declaration) collector.annotations(as<groovy::Declaration>(node)->annotations);
      return node->kind == NodeKind::block || node->kind == NodeKind::expression_statement;
    });
  }
  for (const auto* method : tree.unit.methods) collector.annotations(method->annotations);
  for (const auto* declaration : tree.unit.classes) collector.annotations(declaration->annotations);
  return collector.take();
}

PipelineBlocks find_pipeline_blocks(const groovy::Tree& tree) {
  PipelineBlocks out;
  for (auto* statement : tree.unit.statements) {
    if (is_pipeline(statement)) {
      out.top_level.push_back(statement);
    } else {
      collect_below(statement, true, out.nested);
    }
  }
  for (const auto* method : tree.unit.methods) {
    std::vector<groovy::Stmt*> found;
    if (method->body != nullptr) collect_below(method->body, false, found);
    for (auto* statement : found) {
      if (has_agent_and_stages(statement)) out.in_methods.push_back(statement);
    }
  }
  return out;
}

}  // namespace windlass::jenkinsfile
