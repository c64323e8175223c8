#include "jenkinsfile/transform.h"

#include <set>
#include <string>

#include "jenkinsfile/environment_values.h"
#include "jenkinsfile/tree_building.h"
#include "jenkinsfile/tree_reading.h"

namespace windlass::jenkinsfile {
namespace {

using groovy::as;
using groovy::Expr;
using groovy::NodeKind;

// The model looks at the tree through const pointers; the tree itself was handed over for changing.
Expr* mutable_expr(const Expr* expr) { return const_cast<Expr*>(expr); }

class Transformer {
 public:
  explicit Transformer(groovy::Tree& tree) : build_(tree) {}

  Expr* pipeline(const Model& model);

 private:
  using Exprs = std::vector<Expr*>;

  /// `{ -> expr }`, so that it is evaluated when its section takes effect.
  Expr* late(const Expr* expr) { return build_.closure(mutable_expr(expr), expr->span); }

  Expr* argument_list(const groovy::MethodCall& call, bool without_block);
  Expr* call(const Call& call);
  Expr* calls(const std::optional<CallSection>& section);
  Expr* agent(const std::optional<Agent>& agent);
  Expr* closure_map(const ClosureMap& map, groovy::Span span);
  Expr* environment(const std::optional<Environment>& environment);
  Expr* tools(const std::optional<Tools>& tools);
  Expr* post(const std::optional<Post>& post);
  Expr* input(const std::optional<Input>& input);
  Expr* when(const std::optional<When>& when);
  Expr* condition(const Condition& condition);
  Expr* stages(const std::optional<Stages>& stages);
  Expr* stage(const Stage& stage);
  Expr* matrix(const std::optional<Matrix>& matrix);
  Expr* axes(const Axes& axes);
  void common(MapBuilder& to, const StageSections& sections);

  Builder build_;
};

/// The arguments of a call as one list, the named ones as a map in first place.
Expr* Transformer::argument_list(const groovy::MethodCall& call, bool without_block) {
  Exprs elements;
  const auto& arguments = call.arguments;
  if (!arguments.named.empty()) {
    elements.push_back(build_.map({arguments.named.begin(), arguments.named.end()}, call.span));
  }
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
    auto* expr = arguments.positional[i];
    if (without_block && i + 1 == arguments.positional.size() && expr->kind == NodeKind::closure) break;
    elements.push_back(expr);
  }
  return build_.list(elements, call.span);
}

Expr* Transformer::call(const Call& call) {
  MapBuilder out(build_, call.span);
  out.add("name", call.name);
  out.add("args", late(argument_list(*call.node, false)));
  return out.take();
}

Expr* Transformer::calls(const std::optional<CallSection>& section) {
  if (!section) return nullptr;
  Exprs out;
  for (const auto& one : section->calls) out.push_back(call(one));
  return build_.list(out, section->call->span);
}

Expr* Transformer::closure_map(const ClosureMap& map, groovy::Span span) {
  MapBuilder out(build_, span);
  for (const auto& entry : map.entries) {
    if (!entry.map.empty()) {
      out.add(entry.key, closure_map(entry.map.front(), span));
    } else if (entry.value.expr != nullptr) {
      out.add(entry.key, mutable_expr(entry.value.expr));
    }
  }
  return out.take();
}

Expr* Transformer::agent(const std::optional<Agent>& agent) {
  if (!agent) return nullptr;
  const auto span = agent->call->span;
  MapBuilder out(build_, span);
  out.add("type", agent->type);
  if (agent->map) {
    out.add("args", build_.closure(closure_map(*agent->map, span), span));
  } else if (agent->value && agent->value->expr != nullptr) {
    // `label 'x'`, `docker 'image'`, `dockerfile true`: the prelude knows which parameter a single value is for.
    out.add("value", late(agent->value->expr));
  }
  if (agent->type == "kubernetes") {
    const auto line = std::to_string(build_.tree().source().line_number(span.begin));
    out.add("refuse", build_.closure(build_.call("__d_no_cloud", {build_.string(line, span)}, span), span));
  }
  return out.take();
}

Expr* Transformer::environment(const std::optional<Environment>& environment) {
  if (!environment) return nullptr;
  std::set<std::string, std::less<>> keys;
  for (const auto& entry : environment->entries) keys.insert(entry.name);
  Exprs out;
  for (const auto& entry : environment->entries) {
    const auto span = entry.statement->span;
    const auto* value = entry.value;
    if (entry.is_credentials) {
      const auto* function = as<groovy::MethodCall>(value);
      if (function->arguments.positional.empty()) continue;
      value = function->arguments.positional[0];
    }
    auto* rewritten = rewrite_environment_value(build_, mutable_expr(value), keys, entry.name);
    MapBuilder item(build_, span);
    item.add("name", entry.name);
    item.add(entry.is_credentials ? "credentials" : "value", build_.closure(rewritten, value->span, "__get"));
    out.push_back(item.take());
  }
  return build_.list(out, environment->call->span);
}

Expr* Transformer::tools(const std::optional<Tools>& tools) {
  if (!tools) return nullptr;
  Exprs out;
  for (const auto& tool : tools->tools) {
    MapBuilder item(build_, tool.version.expr->span);
    item.add("type", tool.type);
    item.add("version", late(tool.version.expr));
    out.push_back(item.take());
  }
  return build_.list(out, tools->call->span);
}

Expr* Transformer::post(const std::optional<Post>& post) {
  if (!post) return nullptr;
  MapBuilder out(build_, post->call->span);
  for (const auto& condition : post->conditions) out.add(condition.name, mutable_expr(condition.branch.body));
  return out.take();
}

Expr* Transformer::input(const std::optional<Input>& input) {
  if (!input) return nullptr;
  MapBuilder out(build_, input->call->span);
  for (const auto& field : input->fields) out.add(field.key, late(field.value.expr));
  out.add("parameters", calls(input->parameters));
  return out.take();
}

Expr* Transformer::condition(const Condition& condition) {
  const auto span = condition.statement->span;
  MapBuilder out(build_, span);
  out.add("type", condition.name);
  if (condition.name == "expression") {
    out.add("body", mutable_expr(condition.body));
  } else if (condition.has_block) {
    Exprs children;
    for (const auto& child : condition.children) children.push_back(this->condition(child));
    out.add("children", build_.list(children, span));
  } else {
    out.add("args", late(argument_list(*condition.call, true)));
  }
  return out.take();
}

Expr* Transformer::when(const std::optional<When>& when) {
  if (!when) return nullptr;
  const auto span = when->call->span;
  MapBuilder out(build_, span);
  if (when->before_agent) out.add("beforeAgent", build_.boolean(*when->before_agent, span));
  if (when->before_input) out.add("beforeInput", build_.boolean(*when->before_input, span));
  if (when->before_options) out.add("beforeOptions", build_.boolean(*when->before_options, span));
  Exprs conditions;
  for (const auto& one : when->conditions) conditions.push_back(condition(one));
  out.add("conditions", build_.list(conditions, span));
  return out.take();
}

void Transformer::common(MapBuilder& to, const StageSections& sections) {
  to.add("agent", agent(sections.agent));
  to.add("environment", environment(sections.environment));
  to.add("tools", tools(sections.tools));
  to.add("options", calls(sections.options));
  to.add("input", input(sections.input));
  to.add("when", when(sections.when));
  to.add("post", post(sections.post));
}

Expr* Transformer::axes(const Axes& axes) {
  Exprs out;
  for (const auto& axis : axes.axes) {
    const auto span = axis.call->span;
    MapBuilder item(build_, span);
    item.add("name", axis.name_text);
    Exprs values;
    for (const auto& value : axis.values) values.push_back(build_.string(value.text, value.expr->span));
    item.add("values", build_.list(values, span));
    if (axis.inverse) item.add("inverse", build_.boolean(true, span));
    out.push_back(item.take());
  }
  return build_.list(out, axes.call->span);
}

Expr* Transformer::matrix(const std::optional<Matrix>& matrix) {
  if (!matrix) return nullptr;
  const auto span = matrix->call->span;
  MapBuilder out(build_, span);
  out.add("axes", axes(*matrix->axes));
  Exprs excludes;
  if (matrix->excludes) {
    for (const auto& exclude : matrix->excludes->excludes) excludes.push_back(axes(exclude));
  }
  out.add("excludes", build_.list(excludes, span));
  common(out, *matrix);
  out.add("stages", stages(matrix->stages));
  return out.take();
}

Expr* Transformer::stage(const Stage& stage) {
  MapBuilder out(build_, stage.call->span);
  out.add("name", stage.name);
  common(out, stage);
  if (stage.fail_fast) out.add("failFast", build_.boolean(*stage.fail_fast, stage.call->span));
  if (stage.steps) out.add("steps", mutable_expr(stage.steps->body));
  out.add("stages", stages(stage.stages));
  out.add("parallel", stages(stage.parallel));
  out.add("matrix", matrix(stage.matrix));
  return out.take();
}

Expr* Transformer::stages(const std::optional<Stages>& stages) {
  if (!stages) return nullptr;
  Exprs out;
  for (const auto& one : stages->stages) out.push_back(stage(one));
  return build_.list(out, stages->call->span);
}

Expr* Transformer::pipeline(const Model& model) {
  MapBuilder out(build_, model.call->span);
  out.add("agent", agent(model.agent));
  out.add("libraries", calls(model.libraries));
  out.add("options", calls(model.options));
  out.add("parameters", calls(model.parameters));
  out.add("triggers", calls(model.triggers));
  out.add("environment", environment(model.environment));
  out.add("tools", tools(model.tools));
  out.add("stages", stages(model.stages));
  out.add("post", post(model.post));
  return build_.call("__declarative", {out.take()}, model.call->span);
}

}  // namespace

void transform(groovy::Tree& tree, const std::vector<Model>& models) {
  Transformer transformer(tree);
  for (const auto& model : models) {
    if (model.body == nullptr || !model.stages || !model.agent) continue;
    auto* statement = const_cast<groovy::Stmt*>(model.statement);
    as<groovy::ExpressionStatement>(statement)->expression = transformer.pipeline(model);
  }
}

}  // namespace windlass::jenkinsfile
