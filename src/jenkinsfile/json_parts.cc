#include "jenkinsfile/json_parts.h"

#include <string_view>
#include <utility>

#include "jenkinsfile/tree_reading.h"

namespace windlass::jenkinsfile {
namespace {

using data::Value;
using groovy::as;
using groovy::NodeKind;

Value integer_of(const std::string& digits) {
  std::int64_t number = 0;
  const bool negative = digits.starts_with('-');
  for (const char c : digits) {
    if (c >= '0' && c <= '9') number = number * 10 + (c - '0');
  }
  return Value::number(negative ? -number : number);
}

class Describer {
 public:
  Describer(const groovy::Source& source, const Catalog& catalog) : source_(source), catalog_(catalog) {}

  Part pipeline(const Model& model);

 private:
  using Path = std::vector<std::string>;

  static Part part(Role role, Path path, groovy::Span span, const groovy::Closure* block = nullptr) {
    Part out;
    out.role = role;
    out.path = std::move(path);
    out.span = span;
    if (block != nullptr) {
      out.open = block->span.begin + 1;
      out.close = block->span.end - 1;
    }
    return out;
  }
  static Value literal(bool is_literal, Value value) {
    return Value::map_of("isLiteral", is_literal, "value", std::move(value));
  }

  Value value_json(const jenkinsfile::Value& value) const;
  Part value(Path path, const jenkinsfile::Value& value) const;
  Part code(Path path, const groovy::Closure& closure) const;
  Part call(const Call& call) const;
  Part calls(const CallSection& section, std::string_view member) const;
  void arguments(Part& to, const StepArguments& arguments, std::string_view sole) const;
  Part step(const Step& step) const;
  Part steps(Path path, const Branch& branch) const;
  Part agent(const Agent& agent) const;
  Value closure_map(const ClosureMap& map) const;
  Part environment(const Environment& environment) const;
  Part tools(const Tools& tools) const;
  Part post(const Post& post) const;
  Part condition(const Condition& condition) const;
  Part when(const When& when) const;
  Part input(const Input& input) const;
  Part matrix(const Matrix& matrix) const;
  Value axis_json(const Axis& axis) const;
  void common(Part& to, const StageSections& sections) const;
  Part stages(const Stages& stages, std::string_view member) const;
  Part stage(const Stage& stage) const;

  /// Puts a child below its parent: one member or one item.
  static void add(Part& to, Part child) {
    if (child.path.size() == 1 && to.json.is_map()) to.json.set(child.path[0], std::move(child.json));
    to.parts.push_back(std::move(child));
  }
  static void push(Part& to, Part child) {
    child.path = {std::to_string(to.json.size())};
    to.json.push(std::move(child.json));
    to.parts.push_back(std::move(child));
  }

  const groovy::Source& source_;
  const Catalog& catalog_;
};

Value Describer::value_json(const jenkinsfile::Value& value) const {
  using Kind = jenkinsfile::Value::Kind;
  switch (value.kind) {
    case Kind::null:
      return literal(true, Value());
    case Kind::boolean:
      return literal(true, Value(value.text == "true"));
    case Kind::integer:
    case Kind::long_:
      return literal(true, integer_of(value.text));
    case Kind::real:
      return literal(true, Value::decimal(value.text));
    case Kind::string:
      return literal(true, Value(value.text));
    case Kind::code:
      break;
  }
  return literal(false, Value(value.text));
}

Part Describer::value(Path path, const jenkinsfile::Value& value) const {
  auto out = part(Role::value, std::move(path), value.expr != nullptr ? value.expr->span : groovy::Span{});
  out.json = value_json(value);
  return out;
}

Part Describer::code(Path path, const groovy::Closure& closure) const {
  const auto& statements = closure.body->statements;
  groovy::Span span{closure.span.begin + 1, closure.span.end - 1};
  if (!statements.empty()) span = {statements.front()->span.begin, statements.back()->span.end};
  auto out = part(Role::code, std::move(path), span);
  out.json = literal(true, Value(source_.slice(span)));
  return out;
}

Part Describer::call(const Call& call) const {
  auto out = part(Role::call, {}, call.span);
  Value list = Value::list();
  for (const auto& argument : call.arguments) {
    const auto index = std::to_string(list.size());
    Part child;
    if (!argument.call.empty()) {
      child = this->call(argument.call.front());
    } else {
      child = value({}, argument.value);
    }
    if (argument.named) {
      list.push(Value::map_of("key", argument.key, "value", std::move(child.json)));
      child.path = {"arguments", index, "value"};
    } else {
      list.push(std::move(child.json));
      child.path = {"arguments", index};
    }
    out.parts.push_back(std::move(child));
  }
  out.json = Value::map_of("name", call.name, "arguments", std::move(list));
  return out;
}

Part Describer::calls(const CallSection& section, std::string_view member) const {
  auto out = part(Role::section, {std::string(member)}, section.statement->span, section.body);
  out.json = Value::map();
  const bool libraries = member == "libraries";
  auto list =
      part(libraries ? Role::libraries : Role::calls, {std::string(member)}, section.statement->span, section.body);
  list.json = Value::list();
  for (const auto& one : section.calls) {
    if (libraries) {
      auto item = part(Role::library, {}, one.span);
      auto argument = value({}, one.arguments.front().value);
      item.json = std::move(argument.json);
      item.parts.push_back(std::move(argument));
      push(list, std::move(item));
    } else {
      push(list, call(one));
    }
  }
  add(out, std::move(list));
  return out;
}

void Describer::arguments(Part& to, const StepArguments& arguments, std::string_view sole) const {
  using Form = StepArguments::Form;
  Value list = Value::list();
  switch (arguments.form) {
    case Form::none:
      break;
    case Form::named:
      for (const auto& named : arguments.named) {
        auto child = value({"arguments", std::to_string(list.size()), "value"}, named.value);
        list.push(Value::map_of("key", named.key, "value", std::move(child.json)));
        to.parts.push_back(std::move(child));
      }
      break;
    case Form::single: {
      auto child = value({"arguments"}, arguments.values.front());
      if (sole.empty()) {
        to.json.set("arguments", std::move(child.json));
        to.parts.push_back(std::move(child));
        return;
      }
      child.path = {"arguments", "0", "value"};
      list.push(Value::map_of("key", std::string(sole), "value", std::move(child.json)));
      to.parts.push_back(std::move(child));
      break;
    }
    case Form::positional:
      for (const auto& one : arguments.values) {
        auto child = value({"arguments", std::to_string(list.size())}, one);
        list.push(std::move(child.json));
        to.parts.push_back(std::move(child));
      }
      break;
  }
  to.json.set("arguments", std::move(list));
}

Part Describer::step(const Step& step) const {
  auto out = part(Role::step, {}, step.statement->span, step.body);
  out.json = Value::map_of("name", step.name);
  if (step.is_script) {
    auto body = code({"arguments", "0", "value"}, *step.body);
    out.json.set("arguments", Value::list_of(Value::map_of("key", "scriptBlock", "value", body.json)));
    out.parts.push_back(std::move(body));
    return out;
  }
  std::string sole;
  if (const auto* signature = catalog_.find_step(step.name); signature != nullptr && step.body == nullptr) {
    for (const auto& parameter : signature->parameters) {
      if (!parameter.required) continue;
      if (!sole.empty()) {
        sole.clear();
        break;
      }
      sole = parameter.name;
    }
  }
  arguments(out, step.arguments, sole);
  if (step.body != nullptr) {
    auto children = part(Role::steps, {"children"}, step.body->span, step.body);
    children.json = Value::list();
    for (const auto& child : step.children) push(children, this->step(child));
    add(out, std::move(children));
  }
  return out;
}

Part Describer::steps(Path path, const Branch& branch) const {
  auto out = part(Role::steps, std::move(path), branch.body->span, branch.body);
  out.json = Value::list();
  for (const auto& one : branch.steps) push(out, step(one));
  return out;
}

Value Describer::closure_map(const ClosureMap& map) const {
  Value list = Value::list();
  for (const auto& entry : map.entries) {
    list.push(Value::map_of("key", entry.key, "value",
                            entry.map.empty() ? value_json(entry.value) : closure_map(entry.map.front())));
  }
  return list;
}

Part Describer::agent(const Agent& agent) const {
  auto out = part(Role::agent, {"agent"}, agent.statement->span);
  out.json = Value::map_of("type", agent.type);
  if (agent.map) {
    out.json.set("arguments", closure_map(*agent.map));
    for (std::size_t i = 0; i < agent.map->entries.size(); ++i) {
      const auto& entry = agent.map->entries[i];
      if (entry.map.empty()) out.parts.push_back(value({"arguments", std::to_string(i), "value"}, entry.value));
    }
  } else if (agent.value) {
    auto child = value({"argument"}, *agent.value);
    add(out, std::move(child));
  }
  return out;
}

Part Describer::environment(const Environment& environment) const {
  auto out = part(Role::environment, {"environment"}, environment.statement->span, environment.body);
  out.json = Value::list();
  for (const auto& entry : environment.entries) {
    auto item = part(Role::environment_entry, {}, entry.statement->span);
    if (entry.is_credentials) {
      const auto* function = as<groovy::MethodCall>(entry.value);
      Value list = Value::list();
      for (const auto* expr : function->arguments.positional) {
        auto read = read_literal(expr);
        if (!read.is_literal()) read.text = std::string(source_.slice(expr->span));
        auto child = value({"value", "arguments", std::to_string(list.size())}, read);
        list.push(std::move(child.json));
        item.parts.push_back(std::move(child));
      }
      item.json =
          Value::map_of("key", entry.name, "value", Value::map_of("name", "credentials", "arguments", std::move(list)));
    } else {
      auto read = read_literal(entry.value);
      if (!read.is_literal()) {
        const auto text = std::string(source_.slice(entry.value->span));
        read.text = entry.value->kind == NodeKind::gstring ? text : "${" + text + "}";
      }
      auto child = value({"value"}, read);
      item.json = Value::map_of("key", entry.name, "value", std::move(child.json));
      item.parts.push_back(std::move(child));
    }
    push(out, std::move(item));
  }
  return out;
}

Part Describer::tools(const Tools& tools) const {
  auto out = part(Role::tools, {"tools"}, tools.statement->span, tools.body);
  out.json = Value::list();
  std::size_t index = 0;
  for (const auto& tool : tools.tools) {
    // A tool's statement is the one of the block at the same place: others were refused.
    auto item = part(Role::tool, {}, tools.body->body->statements[index++]->span);
    auto child = value({"value"}, tool.version);
    item.json = Value::map_of("key", tool.type, "value", std::move(child.json));
    item.parts.push_back(std::move(child));
    push(out, std::move(item));
  }
  return out;
}

Part Describer::post(const Post& post) const {
  auto out = part(Role::section, {"post"}, post.statement->span, post.body);
  out.json = Value::map();
  auto list = part(Role::post, {"conditions"}, post.statement->span, post.body);
  list.json = Value::list();
  std::size_t index = 0;
  for (const auto& condition : post.conditions) {
    auto item = part(Role::post_condition, {}, post.body->body->statements[index++]->span, condition.branch.body);
    auto body = steps({"branch", "steps"}, condition.branch);
    item.json = Value::map_of("condition", condition.name, "branch",
                              Value::map_of("name", "default", "steps", std::move(body.json)));
    item.parts.push_back(std::move(body));
    push(list, std::move(item));
  }
  add(out, std::move(list));
  return out;
}

Part Describer::condition(const Condition& condition) const {
  auto out = part(Role::condition, {}, condition.statement->span, condition.body);
  out.json = Value::map_of("name", condition.name);
  if (condition.name == "expression") {
    auto body = code({"arguments", "0", "value"}, *condition.body);
    out.json.set("arguments", Value::list_of(Value::map_of("key", "scriptBlock", "value", body.json)));
    out.parts.push_back(std::move(body));
  } else if (condition.has_block) {
    auto children = part(Role::conditions, {"children"}, condition.body->span, condition.body);
    children.json = Value::list();
    for (const auto& child : condition.children) push(children, this->condition(child));
    add(out, std::move(children));
  } else {
    arguments(out, condition.arguments, {});
  }
  return out;
}

Part Describer::when(const When& when) const {
  auto out = part(Role::section, {"when"}, when.statement->span, when.body);
  out.json = Value::map();
  auto list = part(Role::conditions, {"conditions"}, when.statement->span, when.body);
  list.json = Value::list();
  for (const auto& one : when.conditions) push(list, condition(one));
  add(out, std::move(list));
  for (const auto* statement : when.body->body->statements) {
    const auto* call = find_call(statement);
    if (call == nullptr) continue;
    const auto name = own_name(*call);
    const auto& flag = name == "beforeAgent"     ? when.before_agent
                       : name == "beforeInput"   ? when.before_input
                       : name == "beforeOptions" ? when.before_options
                                                 : std::nullopt;
    if (!flag) continue;
    auto child = part(Role::flag, {std::string(name)}, statement->span);
    child.json = Value(*flag);
    add(out, std::move(child));
  }
  return out;
}

Part Describer::input(const Input& input) const {
  auto out = part(Role::section, {"input"}, input.statement->span, input.body);
  out.json = Value::map();
  for (const auto& field : input.fields) {
    auto child = value({field.key}, field.value);
    add(out, std::move(child));
  }
  if (input.parameters) add(out, calls(*input.parameters, "parameters"));
  return out;
}

Value Describer::axis_json(const Axis& axis) const {
  Value values = Value::list();
  for (const auto& one : axis.values) values.push(value_json(one));
  Value out = Value::map_of("name", axis.name_text, "values", std::move(values));
  if (axis.inverse) out.set("inverse", Value(true));
  return out;
}

Part Describer::matrix(const Matrix& matrix) const {
  auto out = part(Role::section, {"matrix"}, matrix.statement->span, matrix.body);
  out.json = Value::map();
  auto axes = part(Role::axes, {"axes"}, matrix.axes->statement->span, matrix.axes->body);
  axes.json = Value::list();
  for (const auto& one : matrix.axes->axes) {
    auto item = part(Role::axis, {}, one.statement->span);
    item.json = axis_json(one);
    for (std::size_t i = 0; i < one.values.size(); ++i)
      item.parts.push_back(value({"values", std::to_string(i)}, one.values[i]));
    push(axes, std::move(item));
  }
  add(out, std::move(axes));
  if (matrix.excludes) {
    auto excludes = part(Role::section, {"excludes"}, matrix.excludes->statement->span);
    excludes.json = Value::list();
    for (const auto& exclude : matrix.excludes->excludes) {
      Value list = Value::list();
      for (const auto& one : exclude.axes) list.push(axis_json(one));
      excludes.json.push(std::move(list));
    }
    add(out, std::move(excludes));
  }
  common(out, matrix);
  add(out, stages(*matrix.stages, "stages"));
  return out;
}

void Describer::common(Part& to, const StageSections& sections) const {
  if (sections.agent) add(to, agent(*sections.agent));
  if (sections.when) add(to, when(*sections.when));
  if (sections.post) add(to, post(*sections.post));
  if (sections.tools) add(to, tools(*sections.tools));
  if (sections.environment) add(to, environment(*sections.environment));
  if (sections.options) add(to, calls(*sections.options, "options"));
  if (sections.input) add(to, input(*sections.input));
}

Part Describer::stages(const Stages& stages, std::string_view member) const {
  auto out = part(Role::stages, {std::string(member)}, stages.statement->span, stages.body);
  out.json = Value::list();
  for (const auto& one : stages.stages) push(out, stage(one));
  return out;
}

Part Describer::stage(const Stage& stage) const {
  auto out = part(Role::stage, {}, stage.statement->span, stage.body);
  out.json = Value::map();
  auto name = part(Role::name, {"name"}, stage.call->arguments.positional.front()->span);
  name.json = Value(stage.name);
  add(out, std::move(name));
  if (stage.steps) {
    auto branches = part(Role::section, {"branches"}, stage.steps->statement->span);
    branches.json = Value::list();
    for (const auto& one : stage.branches) {
      auto body = steps({std::to_string(branches.json.size()), "steps"}, one);
      branches.json.push(Value::map_of("name", one.name, "steps", std::move(body.json)));
      branches.parts.push_back(std::move(body));
    }
    add(out, std::move(branches));
  }
  common(out, stage);
  if (stage.parallel) add(out, stages(*stage.parallel, "parallel"));
  if (stage.stages) add(out, stages(*stage.stages, "stages"));
  if (stage.matrix) add(out, matrix(*stage.matrix));
  for (const auto* statement : stage.body->body->statements) {
    const auto* call = find_call(statement);
    if (!stage.fail_fast || call == nullptr || own_name(*call) != "failFast") continue;
    auto flag = part(Role::flag, {"failFast"}, statement->span);
    flag.json = Value(*stage.fail_fast);
    add(out, std::move(flag));
  }
  if (stage.fail_fast && out.json.find("failFast") == nullptr) out.json.set("failFast", Value(*stage.fail_fast));
  return out;
}

Part Describer::pipeline(const Model& model) {
  auto out = part(Role::pipeline, {}, model.statement->span, model.body);
  out.json = Value::map();
  if (model.stages) add(out, stages(*model.stages, "stages"));
  if (model.post) add(out, post(*model.post));
  if (model.environment) add(out, environment(*model.environment));
  if (model.agent) add(out, agent(*model.agent));
  if (model.tools) add(out, tools(*model.tools));
  if (model.options) add(out, calls(*model.options, "options"));
  if (model.parameters) add(out, calls(*model.parameters, "parameters"));
  if (model.triggers) add(out, calls(*model.triggers, "triggers"));
  if (model.libraries) add(out, calls(*model.libraries, "libraries"));
  return out;
}

}  // namespace

Part describe(const groovy::Source& source, const Model& model, const Catalog& catalog) {
  return Describer(source, catalog).pipeline(model);
}

}  // namespace windlass::jenkinsfile
