#include "jenkinsfile/read_model.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "jenkinsfile/tree_reading.h"

namespace windlass::jenkinsfile {
namespace {

using groovy::as;
using groovy::NodeKind;

const groovy::List<groovy::Stmt*>& statements_of(const groovy::Closure& closure) { return closure.body->statements; }

/// Where Groovy places a closure's code: at its first statement, or, when there is none, at the closure.
Place code_place(const groovy::Closure& closure) {
  const auto& statements = statements_of(closure);
  return statements.empty() ? closure.span.begin : statements.front()->span.begin;
}

std::string quoted(std::string_view before, std::string_view name, std::string_view after) {
  std::string out(before);
  out += '"';
  out += name;
  out += '"';
  out += after;
  return out;
}

class Reader {
 public:
  explicit Reader(Findings& findings) : findings_(findings) {}

  Model pipeline(const groovy::Stmt* statement);

 private:
  // ---- shared small parts ----
  std::string text_of(const groovy::Node* node) const {
    auto text = findings_.source().slice(node->span);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' || text.back() == '\t')) {
      text.remove_suffix(1);
    }
    return std::string(text);
  }
  void error(Place place, std::string message) { findings_.error(place, std::move(message)); }

  /// The statement's section name; reports and returns nothing for a call with a receiver. Among steps every receiver
  /// gets the sentence about objects; among sections `steps { } post { }` is a chain, and no object is in sight.
  std::optional<std::string> name_of(const groovy::MethodCall& call, Place place, bool among_steps = false);
  template <class S>
  S section(const groovy::Stmt* statement) {
    S out;
    out.statement = statement;
    out.call = find_call(statement);
    out.body = find_block(out.call);
    out.place = statement->span.begin;
    return out;
  }
  /// As section(), and reports a missing block.
  template <class S>
  S block_section(const groovy::Stmt* statement, std::string_view name) {
    S out = section<S>(statement);
    if (out.body == nullptr) error(out.place, "Expected a block for " + std::string(name));
    return out;
  }
  std::string key_of(const groovy::Expr* expr);
  Value argument(const groovy::Expr* expr);
  std::optional<bool> boolean_of(const groovy::MethodCall& call, std::string_view name);

  // ---- calls ----
  /// Groovy refuses a name twice among the arguments of one call, and says so at the first argument.
  void repeated_names(const RawArgument& argument);
  Call call(const groovy::MethodCall& node);
  StepArguments step_arguments(const std::vector<RawArgument>& arguments);

  // ---- sections ----
  Agent agent(const groovy::Stmt* statement);
  ClosureMap closure_map(const groovy::Closure& closure);
  Environment environment(const groovy::Stmt* statement);
  bool concatenation(const groovy::Binary& binary);
  void concatenated(const groovy::Expr* expr);
  CallSection call_section(const groovy::Stmt* statement, std::string_view name, std::string_view plural,
                           std::string_view expected);
  CallSection libraries(const groovy::Stmt* statement);
  Tools tools(const groovy::Stmt* statement);
  Post post(const groovy::Stmt* statement);
  Branch branch(std::string name, const groovy::Closure& closure);
  Step step(const groovy::Stmt* statement);
  Step code_step(const groovy::Stmt* statement, Step step, std::string_view what);
  Input input(const groovy::Stmt* statement);
  When when(const groovy::Stmt* statement);
  Condition condition(const groovy::Stmt* statement);

  // ---- stages ----
  Stages stages(const groovy::Stmt* statement, std::string_view name);
  std::optional<Stage> stage(const groovy::Stmt* statement);
  void stage_steps(Stage& stage, const groovy::Stmt* statement);
  bool common_section(StageSections& to, std::string_view name, const groovy::Stmt* statement);
  Matrix matrix(const groovy::Stmt* statement);
  Axes axes(const groovy::Stmt* statement, std::string_view name, bool exclude);
  Axis axis(const groovy::Stmt* statement, bool exclude);
  Excludes excludes(const groovy::Stmt* statement);

  Findings& findings_;
};

std::optional<std::string> Reader::name_of(const groovy::MethodCall& call, Place place, bool among_steps) {
  if (auto name = own_name(call); !name.empty()) return std::string(name);
  if (among_steps && call.object != nullptr) {
    error(place, "Method calls on objects not allowed outside \"script\" blocks.");
  } else if (call.object != nullptr && call.object->kind == NodeKind::variable) {
    error(place, "Method calls on objects not allowed outside \"script\" blocks.");
  } else {
    error(place, "Expected a symbol");
  }
  return std::nullopt;
}

std::string Reader::key_of(const groovy::Expr* expr) {
  if (auto key = find_key(expr)) return std::string(*key);
  error(expr == nullptr ? 0 : place_of(findings_.source(), expr), "Expected string literal");
  return "error";
}

Value Reader::argument(const groovy::Expr* expr) {
  Value value = read_literal(expr);
  value.place = place_of(findings_.source(), expr);
  if (value.is_literal()) {
    if (expr->kind == NodeKind::constant && as<groovy::Constant>(expr)->type == groovy::ConstantType::big_integer) {
      error(value.place,
            "BigIntegers cannot be used as constants in Declarative. The maximum value for an integer is "
            "9,223,372,036,854,775,807 and the minimum value for an integer is -9,223,372,036,854,775,808.");
    }
    return value;
  }
  if (expr->kind == NodeKind::variable) {
    const auto name = as<groovy::Variable>(expr)->name;
    if (name == "any" || name == "none") {
      value.kind = Value::Kind::string;
      value.text = std::string(name);
      return value;
    }
  }
  std::string text = text_of(expr);
  if (expr->kind == NodeKind::gstring || expr->kind == NodeKind::map) {
    value.text = std::move(text);
    return value;
  }
  if (text.starts_with("${")) {
    error(expr->span.begin, text + " cannot be used as a value directly. Did you mean \"" + text + "\"? (add quotes)");
  }
  value.text = "${" + text + "}";
  return value;
}

std::optional<bool> Reader::boolean_of(const groovy::MethodCall& call, std::string_view name) {
  const auto arguments = arguments_of(call);
  if (!arguments.empty() && arguments[0].expr != nullptr) {
    const auto value = read_literal(arguments[0].expr);
    if (value.kind == Value::Kind::boolean) return value.text == "true";
  }
  error(call.name->span.begin, "Expected a boolean with " + std::string(name));
  return std::nullopt;
}

// ---- calls ---------------------------------------------------------------------------------------------------------

void Reader::repeated_names(const RawArgument& argument) {
  if (argument.entries == nullptr || argument.expr != nullptr) return;
  std::set<std::string_view> seen;
  for (const auto& entry : *argument.entries) {
    const auto key = find_key(entry.key);
    if (key && !seen.insert(*key).second) {
      error(argument.place, "Duplicate named parameter '" + std::string(*key) + "' found");
    }
  }
}

Call Reader::call(const groovy::MethodCall& node) {
  Call out;
  out.node = &node;
  out.span = node.span;
  out.place = node.span.begin;
  if (auto name = name_of(node, out.place)) out.name = std::move(*name);
  auto value_of = [this](CallArgument& argument, const groovy::Expr* expr, Place place) {
    if (expr->kind == NodeKind::closure) {
      error(place, "Method call arguments cannot be closures");
      argument.value.expr = expr;
      argument.value.place = place;
      return;
    }
    if (expr->kind == NodeKind::method_call && own_name(*as<groovy::MethodCall>(expr)) != "$") {
      const auto* nested = as<groovy::MethodCall>(expr);
      // A call with a receiver (`env.X.trim()`) is an ordinary value; one without is a symbol with checked arguments.
      if (!own_name(*nested).empty()) {
        argument.call.push_back(call(*nested));
        argument.value.expr = expr;
        argument.value.text = text_of(expr);
        argument.value.place = expr->span.begin;
        return;
      }
    }
    argument.value = this->argument(expr);
  };
  for (const auto& raw : arguments_of(node)) {
    repeated_names(raw);
    if (raw.entries != nullptr) {
      for (const auto& entry : *raw.entries) {
        CallArgument argument;
        argument.named = true;
        argument.key = key_of(entry.key);
        argument.key_place = entry.key != nullptr ? entry.key->span.begin : entry.span.begin;
        value_of(argument, entry.value, argument.key_place);
        out.arguments.push_back(std::move(argument));
      }
    } else {
      CallArgument argument;
      value_of(argument, raw.expr, out.place);
      out.arguments.push_back(std::move(argument));
    }
  }
  return out;
}

StepArguments Reader::step_arguments(const std::vector<RawArgument>& arguments) {
  StepArguments out;
  if (arguments.empty()) return out;
  repeated_names(arguments.front());
  if (arguments.size() > 1) {
    out.form = StepArguments::Form::positional;
    for (const auto& raw : arguments) {
      if (raw.expr != nullptr) {
        out.values.push_back(argument(raw.expr));
      } else {
        Value value;
        value.place = raw.place;
        out.values.push_back(std::move(value));
      }
    }
    return out;
  }
  const auto& only = arguments.front();
  bool class_map = false;
  if (only.entries != nullptr) {
    for (const auto& entry : *only.entries) {
      if (auto key = find_key(entry.key); key && *key == "$class") class_map = true;
    }
  }
  if (only.entries != nullptr && !class_map) {
    out.form = StepArguments::Form::named;
    for (const auto& entry : *only.entries) {
      if (entry.key != nullptr && entry.key->kind == NodeKind::spread_map) continue;
      NamedValue named;
      named.key = key_of(entry.key);
      named.key_place = entry.key != nullptr ? entry.key->span.begin : entry.span.begin;
      named.value = argument(entry.value);
      out.named.push_back(std::move(named));
    }
    return out;
  }
  out.form = StepArguments::Form::single;
  if (only.expr != nullptr) {
    out.values.push_back(argument(only.expr));
  } else {
    Value value;
    value.place = only.place;
    out.values.push_back(std::move(value));
  }
  return out;
}

// ---- agent ---------------------------------------------------------------------------------------------------------

Agent Reader::agent(const groovy::Stmt* statement) {
  Agent out = section<Agent>(statement);
  if (out.body == nullptr) {
    const auto arguments = out.call == nullptr ? std::vector<RawArgument>{} : arguments_of(*out.call);
    if (arguments.empty()) {
      error(out.place, "No argument for agent");
    } else if (arguments.size() > 1 || arguments[0].expr == nullptr) {
      error(out.place, "Only \"agent none\", \"agent any\" or \"agent {...}\" are allowed.");
    } else {
      const auto key = find_key(arguments[0].expr);
      if (key && (*key == "any" || *key == "none")) {
        out.type = std::string(*key);
        out.type_place = arguments[0].place;
      } else {
        error(out.place, "Only \"agent none\", \"agent any\" or \"agent {...}\" are allowed.");
      }
    }
    return out;
  }
  const auto& statements = statements_of(*out.body);
  if (statements.empty()) {
    error(out.place, "Expected an agent");
    return out;
  }
  if (statements.size() > 1) {
    error(out.place, "Only one agent type is allowed per agent section");
    return out;
  }
  const auto* type = find_call(statements.front());
  if (type == nullptr || own_name(*type).empty()) {
    error(out.place, "Expected an agent");
    return out;
  }
  out.type = std::string(own_name(*type));
  out.type_place = type->name->span.begin;
  auto parsed = closure_map(*out.body);
  if (!parsed.entries.empty()) {
    auto& entry = parsed.entries.front();
    if (!entry.map.empty()) {
      out.map = std::move(entry.map.front());
      if (out.type == "label") out.type = "node";
    } else {
      out.value = std::move(entry.value);
    }
  }
  return out;
}

ClosureMap Reader::closure_map(const groovy::Closure& closure) {
  ClosureMap out;
  for (const auto* statement : statements_of(closure)) {
    const auto* node = find_call(statement);
    if (node == nullptr) {
      error(closure.span.begin, "Expected to find ‘someKey \"someValue\"’");
      continue;
    }
    ClosureMap::Entry entry;
    entry.key = key_of(node->name);
    entry.key_place = node->name->span.begin;
    const auto arguments = arguments_of(*node);
    if (arguments.empty()) {
      error(entry.key_place, quoted("No argument for map key ", entry.key, ""));
    } else if (arguments.size() > 1) {
      error(entry.key_place, quoted("Too many arguments for map key ", entry.key, ""));
    } else if (arguments[0].expr == nullptr) {
      entry.value.place = arguments[0].place;
      entry.value.text = text_of(node);
      out.entries.push_back(std::move(entry));
    } else if (arguments[0].expr->kind == NodeKind::closure) {
      entry.map.push_back(closure_map(*as<groovy::Closure>(arguments[0].expr)));
      entry.value.expr = arguments[0].expr;
      out.entries.push_back(std::move(entry));
    } else {
      entry.value = argument(arguments[0].expr);
      out.entries.push_back(std::move(entry));
    }
  }
  return out;
}

// ---- environment ---------------------------------------------------------------------------------------------------

void Reader::concatenated(const groovy::Expr* expr) {
  if (expr->kind == NodeKind::gstring || read_literal(expr).is_literal()) {
    (void)argument(expr);
  } else {
    error(grouped_place_of(findings_.source(), expr),
          "Environment variable values to be concatenated together must be single or double quoted.");
  }
}

bool Reader::concatenation(const groovy::Binary& outermost) {
  // `a + b + c` leans to the left; the chain may be long, so it is walked, not recursed into.
  std::vector<const groovy::Binary*> chain;
  for (const auto* binary = &outermost;;) {
    chain.push_back(binary);
    if (binary->left->kind != NodeKind::binary) break;
    const auto* left = as<groovy::Binary>(binary->left);
    if (left->op != groovy::BinaryOp::plus) {
      error(grouped_place_of(findings_.source(), left),
            "Environment variable values can only be joined together with ‘+’s.");
      return false;
    }
    binary = left;
  }
  concatenated(chain.back()->left);
  for (auto it = chain.rbegin(); it != chain.rend(); ++it) concatenated((*it)->right);
  return true;
}

Environment Reader::environment(const groovy::Stmt* statement) {
  Environment out = block_section<Environment>(statement, "environment");
  if (out.body == nullptr) return out;
  std::set<std::string, std::less<>> seen;
  bool strange = false;
  for (const auto* entry_statement : statements_of(*out.body)) {
    if (entry_statement->kind != NodeKind::expression_statement) {
      strange = true;
      continue;
    }
    const auto* expr = as<groovy::ExpressionStatement>(entry_statement)->expression;
    const auto* assign = expr->kind == NodeKind::assign ? as<groovy::Assign>(expr) : nullptr;
    // `def NAME = value` is a key like any other: the declaration is an assignment with something before it.
    const auto* declared = expr->kind == NodeKind::declaration ? as<groovy::Declaration>(expr) : nullptr;
    if (declared != nullptr && (declared->multiple || declared->value == nullptr)) declared = nullptr;
    if (declared == nullptr && (assign == nullptr || assign->compound)) {
      const std::string text = text_of(expr);
      if (const auto equals = text.find('='); equals != std::string::npos) {
        std::string name = text.substr(0, equals);
        while (!name.empty() && name.back() == ' ') name.pop_back();
        error(expr->span.begin,
              quoted("", name,
                     " is not a valid identifier and cannot be used for an environment variable. "
                     "Identifiers must start with a letter or underscore and can contain only letters, "
                     "numbers or underscores."));
      } else {
        error(expr->span.begin,
              quoted("", text,
                     " is not a valid environment expression. Use \"key = value\" pairs with valid Java/shell keys."));
      }
      strange = true;
      continue;
    }
    EnvironmentEntry entry;
    entry.statement = entry_statement;
    entry.value = declared != nullptr ? declared->value : assign->value;
    entry.place = declared != nullptr ? declared->variables[0].span.begin : assign->target->span.begin;
    entry.name = declared != nullptr ? std::string(declared->variables[0].name) : key_of(assign->target);
    if (!seen.insert(entry.name).second) {
      error(entry.place, quoted("Duplicate environment variable name: ", entry.name, ""));
      continue;
    }
    const auto* value = entry.value;
    const Place place = grouped_place_of(findings_.source(), value);
    if (read_literal(value).is_literal() || value->kind == NodeKind::gstring) {
      (void)argument(value);
    } else if (value->kind == NodeKind::method_call) {
      const auto* function = as<groovy::MethodCall>(value);
      if (own_name(*function) == "credentials") {
        entry.is_credentials = true;
        for (const auto& raw : arguments_of(*function)) {
          if (raw.expr != nullptr && (raw.expr->kind == NodeKind::constant || raw.expr->kind == NodeKind::gstring)) {
            (void)argument(raw.expr);
          } else {
            error(function->span.begin, "Internal function call parameters must be strings.");
          }
        }
      } else {
        (void)argument(value);
      }
    } else if (value->kind == NodeKind::binary) {
      const auto* binary = as<groovy::Binary>(value);
      if (binary->op != groovy::BinaryOp::plus) {
        error(place, "Environment variable values can only be joined together with ‘+’s.");
      } else {
        (void)concatenation(*binary);
      }
    } else {
      error(place, "Environment variable values must either be single quoted, double quoted, or function calls.");
    }
    out.entries.push_back(std::move(entry));
  }
  if (strange) error(out.place, "Expected name=value pairs");
  return out;
}

// ---- options, triggers, parameters, libraries, tools ---------------------------------------------------------------

CallSection Reader::call_section(const groovy::Stmt* statement, std::string_view name, std::string_view plural,
                                 std::string_view expected) {
  CallSection out = block_section<CallSection>(statement, name);
  if (out.body == nullptr) return out;
  for (const auto* item : statements_of(*out.body)) {
    Call entry;
    entry.span = item->span;
    entry.place = item->span.begin;
    const auto* node = find_call(item);
    if (node == nullptr) {
      const bool map = item->kind == NodeKind::expression_statement &&
                       as<groovy::ExpressionStatement>(item)->expression->kind == NodeKind::map;
      error(entry.place, map ? std::string(plural) + " cannot be defined as maps" : std::string(expected));
    } else if (find_block(node) != nullptr) {
      error(entry.place, std::string(plural) + " definitions cannot have blocks");
    } else {
      entry = call(*node);
    }
    out.calls.push_back(std::move(entry));
  }
  return out;
}

CallSection Reader::libraries(const groovy::Stmt* statement) {
  CallSection out = block_section<CallSection>(statement, "libraries");
  if (out.body == nullptr) return out;
  for (const auto* item : statements_of(*out.body)) {
    const auto* node = find_call(item);
    auto expected = [&](Place place, const groovy::Node* shown) {
      error(place, "Expected a \"lib(...)\" but got " + text_of(shown));
    };
    if (node == nullptr || own_name(*node) != "lib") {
      expected(out.place, item);
    } else if (find_block(node) != nullptr) {
      error(item->span.begin, "Libraries definitions cannot have blocks");
    } else {
      auto lib = call(*node);
      if (lib.arguments.size() != 1 || lib.arguments[0].named || !lib.arguments[0].call.empty()) {
        expected(lib.place, node);
      } else {
        out.calls.push_back(std::move(lib));
      }
    }
  }
  return out;
}

Tools Reader::tools(const groovy::Stmt* statement) {
  Tools out = block_section<Tools>(statement, "tools");
  if (out.body == nullptr) return out;
  for (const auto* item : statements_of(*out.body)) {
    const auto* node = find_call(item);
    if (node == nullptr) {
      error(out.place, "Expected to find ‘someTool \"someVersion\"’");
      continue;
    }
    Tool tool;
    tool.type = key_of(node->name);
    tool.place = node->name->span.begin;
    const auto arguments = arguments_of(*node);
    if (arguments.empty()) {
      error(tool.place, quoted("No argument for tool ", tool.type, ""));
    } else if (arguments.size() > 1 || arguments[0].expr == nullptr) {
      error(tool.place, quoted("Too many arguments for tool ", tool.type, ""));
    } else {
      tool.version = argument(arguments[0].expr);
      out.tools.push_back(std::move(tool));
    }
  }
  return out;
}

// ---- steps and post ------------------------------------------------------------------------------------------------

Branch Reader::branch(std::string name, const groovy::Closure& closure) {
  Branch out;
  out.name = std::move(name);
  out.body = &closure;
  out.place = code_place(closure);
  for (const auto* statement : statements_of(closure)) out.steps.push_back(step(statement));
  return out;
}

Step Reader::code_step(const groovy::Stmt* statement, Step out, std::string_view what) {
  out.is_script = true;
  out.body = find_block(find_call(statement));
  if (out.body == nullptr) error(out.place, std::string(what) + " step without a block");
  return out;
}

Step Reader::step(const groovy::Stmt* statement) {
  Step out;
  out.statement = statement;
  out.place = statement->span.begin;
  out.call = find_call(statement);
  if (out.call == nullptr) {
    error(out.place, "Expected a step");
    return out;
  }
  auto name = name_of(*out.call, out.place, true);
  if (!name) return out;
  out.name = std::move(*name);
  if (out.name == "script") return code_step(statement, std::move(out), "Script");
  if (out.name == "expression") return code_step(statement, std::move(out), "When");
  auto arguments = arguments_of(*out.call);
  out.body = find_block(out.call);
  if (out.body != nullptr) {
    arguments.pop_back();
    out.arguments = step_arguments(arguments);
    for (const auto* child : statements_of(*out.body)) out.children.push_back(step(child));
  } else {
    out.arguments = step_arguments(arguments);
  }
  return out;
}

Post Reader::post(const groovy::Stmt* statement) {
  Post out = section<Post>(statement);
  if (out.body == nullptr) {
    error(out.place, "Expected a block for post");
    return out;
  }
  for (const auto* item : statements_of(*out.body)) {
    const auto* node = find_call(item);
    const auto* body = find_block(node);
    if (body == nullptr) {
      std::string message =
          "The ‘post’ section can only contain build condition names with code blocks. Valid condition names are [";
      for (const auto& name : post_condition_names()) message += (message.ends_with('[') ? "" : ", ") + name;
      error(item->span.begin, message + "]");
      continue;
    }
    PostCondition condition;
    condition.name = std::string(own_name(*node));
    condition.place = item->span.begin;
    condition.branch = branch("default", *body);
    out.conditions.push_back(std::move(condition));
  }
  return out;
}

// ---- input, when ---------------------------------------------------------------------------------------------------

Input Reader::input(const groovy::Stmt* statement) {
  Input out = block_section<Input>(statement, "input");
  if (out.body == nullptr) return out;
  std::set<std::string> seen;
  for (const auto* item : statements_of(*out.body)) {
    const auto* node = find_call(item);
    if (node == nullptr) {
      error(out.place,
            quoted("Not a valid section definition: ", text_of(item), ". Some extra configuration is required."));
      continue;
    }
    const auto name = name_of(*node, item->span.begin);
    if (!name) continue;
    const Place place = node->name->span.begin;
    if (!seen.insert(*name).second) error(out.place, "Multiple occurrences of the " + *name + " section");
    const auto arguments = arguments_of(*node);
    if (*name != "message" && *name != "id" && *name != "ok" && *name != "submitter" && *name != "submitterParameter" &&
        *name != "parameters") {
      error(place, quoted("Not a valid field for input: ", *name, ""));
    } else if (arguments.empty()) {
      error(place, quoted("No argument for field ", *name, ""));
    } else if (arguments.size() > 1) {
      error(place, quoted("Too many arguments for field ", *name, ""));
    } else if (*name == "parameters") {
      out.parameters = call_section(item, "parameters", "Build parameters", "Expected a build parameter definition");
    } else if (arguments[0].expr == nullptr) {
      error(place, quoted("Too many arguments for field ", *name, ""));
    } else {
      out.fields.push_back({*name, place, argument(arguments[0].expr)});
    }
  }
  return out;
}

When Reader::when(const groovy::Stmt* statement) {
  When out = block_section<When>(statement, "when");
  if (out.body == nullptr) return out;
  for (const auto* item : statements_of(*out.body)) {
    const auto* node = find_call(item);
    if (node == nullptr) {
      error(out.place, "Expected a when condition");
      continue;
    }
    const auto name = own_name(*node);
    if (name == "beforeAgent") {
      out.before_agent = boolean_of(*node, name);
    } else if (name == "beforeInput") {
      out.before_input = boolean_of(*node, name);
    } else if (name == "beforeOptions") {
      out.before_options = boolean_of(*node, name);
    } else {
      out.conditions.push_back(condition(item));
    }
  }
  return out;
}

Condition Reader::condition(const groovy::Stmt* statement) {
  Condition out;
  out.statement = statement;
  out.place = statement->span.begin;
  out.call = find_call(statement);
  if (out.call == nullptr) {
    error(out.place, "Expected a when condition");
    return out;
  }
  auto name = name_of(*out.call, out.place);
  if (!name) return out;
  out.name = std::move(*name);
  out.body = find_block(out.call);
  out.has_block = out.body != nullptr;
  if (out.name == "expression") {
    if (out.body == nullptr) error(out.place, "When step without a block");
    return out;
  }
  auto arguments = arguments_of(*out.call);
  if (out.has_block) arguments.pop_back();
  out.has_arguments = out.has_block ? !arguments.empty() : true;
  out.arguments = step_arguments(arguments);
  if (out.has_block) {
    for (const auto* child : statements_of(*out.body)) out.children.push_back(condition(child));
  }
  return out;
}

// ---- stages --------------------------------------------------------------------------------------------------------

Stages Reader::stages(const groovy::Stmt* statement, std::string_view name) {
  Stages out = block_section<Stages>(statement, name);
  if (out.body == nullptr) return out;
  for (const auto* item : statements_of(*out.body)) {
    if (auto one = stage(item)) out.stages.push_back(std::move(*one));
  }
  return out;
}

bool Reader::common_section(StageSections& to, std::string_view name, const groovy::Stmt* statement) {
  if (name == "agent") {
    to.agent = agent(statement);
  } else if (name == "when") {
    to.when = when(statement);
  } else if (name == "post") {
    to.post = post(statement);
  } else if (name == "options") {
    to.options = call_section(statement, "options", "Options", "Expected an option");
  } else if (name == "input") {
    to.input = input(statement);
  } else if (name == "tools") {
    to.tools = tools(statement);
  } else if (name == "environment") {
    to.environment = environment(statement);
  } else {
    return false;
  }
  return true;
}

void Reader::stage_steps(Stage& out, const groovy::Stmt* statement) {
  auto steps = block_section<Section>(statement, "steps");
  if (steps.body == nullptr) return;
  const auto& statements = statements_of(*steps.body);
  const auto* only = statements.size() == 1 ? find_call(statements.front()) : nullptr;
  if (only == nullptr || own_name(*only) != "parallel") {
    if (!out.branches.empty()) return;  // a repeated section: reported already, the first one counts
    out.steps = steps;
    out.branches.push_back(branch("default", *steps.body));
    return;
  }
  out.steps = steps;
  if (!only->arguments.positional.empty()) return;
  for (const auto& entry : only->arguments.named) {
    const auto key = find_key(entry.key);
    const Place key_place = entry.key->span.begin;
    if (key && *key == "failFast") {
      const auto value = read_literal(entry.value);
      if (value.kind == Value::Kind::boolean) {
        out.fail_fast = value.text == "true";
      } else {
        error(key_place, "Expected a boolean with failFast");
      }
    } else if (entry.value->kind != NodeKind::closure) {
      error(key_place, "Expected closure or failFast");
    } else {
      out.branches.push_back(branch(key_of(entry.key), *as<groovy::Closure>(entry.value)));
    }
  }
}

std::optional<Stage> Reader::stage(const groovy::Stmt* statement) {
  Stage out = section<Stage>(statement);
  if (out.body == nullptr || own_name(*out.call) != "stage") {
    error(out.place, "Expected a stage");
    return std::nullopt;
  }
  const auto arguments = arguments_of(*out.call);
  if (arguments.size() < 2) {
    error(out.place, "Stage does not have a name");
    return std::nullopt;
  }
  if (arguments[0].expr == nullptr) {
    error(arguments[0].place, "Expected string literal");
    out.name = "error";
  } else {
    out.name = key_of(arguments[0].expr);
  }
  std::set<std::string> seen;
  for (const auto* item : statements_of(*out.body)) {
    const auto* node = find_call(item);
    if (node == nullptr) {
      error(out.place,
            quoted("Not a valid stage section definition: ", text_of(item), ". Some extra configuration is required."));
      continue;
    }
    const auto name = name_of(*node, item->span.begin);
    if (!name) continue;
    if (!seen.insert(*name).second) error(out.place, "Multiple occurrences of the " + *name + " section");
    if (common_section(out, *name, item)) continue;
    if (*name == "steps") {
      stage_steps(out, item);
    } else if (*name == "stages") {
      out.stages = stages(item, "stages");
    } else if (*name == "parallel") {
      out.parallel = stages(item, "parallel");
    } else if (*name == "matrix") {
      out.matrix = matrix(item);
    } else if (*name == "failFast") {
      out.fail_fast = boolean_of(*node, "failFast");
    } else {
      error(out.place, quoted("Unknown stage section ", *name,
                              ". Starting with version 0.5, steps in a stage must be in a ‘steps’ block."));
    }
  }
  return out;
}

// ---- matrix --------------------------------------------------------------------------------------------------------

Matrix Reader::matrix(const groovy::Stmt* statement) {
  Matrix out = block_section<Matrix>(statement, "matrix");
  if (out.body == nullptr) return out;
  std::set<std::string> seen;
  for (const auto* item : statements_of(*out.body)) {
    const Place place = item->span.begin;
    const auto* node = find_call(item);
    if (node == nullptr) {
      error(place,
            quoted("Not a valid section definition: ", text_of(item), ". Some extra configuration is required."));
      continue;
    }
    const auto name = name_of(*node, place);
    if (!name) continue;
    if (!seen.insert(*name).second) error(place, "Multiple occurrences of the " + *name + " section");
    if (*name == "axes") {
      out.axes = axes(item, "axes", false);
    } else if (*name == "excludes") {
      out.excludes = excludes(item);
    } else if (*name == "stages") {
      out.stages = stages(item, "stages");
    } else if (!common_section(out, *name, item)) {
      error(place, quoted("Undefined section ", *name, ""));
    }
  }
  return out;
}

Axes Reader::axes(const groovy::Stmt* statement, std::string_view name, bool exclude) {
  Axes out = block_section<Axes>(statement, name);
  if (out.body == nullptr) return out;
  for (const auto* item : statements_of(*out.body)) out.axes.push_back(axis(item, exclude));
  return out;
}

Excludes Reader::excludes(const groovy::Stmt* statement) {
  Excludes out = block_section<Excludes>(statement, "excludes");
  if (out.body == nullptr) return out;
  for (const auto* item : statements_of(*out.body)) out.excludes.push_back(axes(item, "exclude", true));
  return out;
}

Axis Reader::axis(const groovy::Stmt* statement, bool exclude) {
  Axis out = block_section<Axis>(statement, "axis");
  if (out.body == nullptr) return out;
  std::set<std::string> seen;
  for (const auto* item : statements_of(*out.body)) {
    const Place place = item->span.begin;
    const auto* node = find_call(item);
    if (node == nullptr) {
      error(place,
            quoted("Not a valid section definition: ", text_of(item), ". Some extra configuration is required."));
      continue;
    }
    const auto name = name_of(*node, place);
    if (!name) continue;
    if (!seen.insert(*name).second) error(place, "Multiple occurrences of the " + *name + " section");
    const auto arguments = arguments_of(*node);
    if (*name == "name") {
      if (arguments.empty()) {
        error(place, "No argument for field \"name\"");
      } else if (arguments.size() > 1 || arguments[0].expr == nullptr) {
        error(place, "Too many arguments for field \"name\"");
      } else {
        Value value = read_literal(arguments[0].expr);
        value.place = place_of(findings_.source(), arguments[0].expr);
        if (auto key = find_key(arguments[0].expr)) {
          out.name_text = std::string(*key);
        } else {
          error(value.place, "Expected string literal");
        }
        out.name = std::move(value);
      }
    } else if (*name == "values" || (exclude && *name == "notValues")) {
      if (exclude && seen.contains(*name == "values" ? "notValues" : "values")) {
        error(place, "Exclude axis must contain either \"values\" or \"notValues\"");
      }
      if (*name == "notValues") out.inverse = true;
      for (const auto& raw : arguments) {
        if (raw.expr != nullptr) {
          out.values.push_back(argument(raw.expr));
        } else {
          Value value;
          value.place = raw.place;
          value.text = text_of(node);
          out.values.push_back(std::move(value));
        }
      }
    } else {
      error(place, quoted("Undefined section ", *name, ""));
    }
  }
  return out;
}

// ---- the whole -----------------------------------------------------------------------------------------------------

Model Reader::pipeline(const groovy::Stmt* statement) {
  Model out = section<Model>(statement);
  if (out.body == nullptr) {
    error(out.place, "Expected a block with the \"pipeline\" step");
    return out;
  }
  std::set<std::string> seen;
  for (const auto* item : statements_of(*out.body)) {
    const Place place = item->span.begin;
    const auto* node = find_call(item);
    if (node == nullptr) {
      error(place,
            quoted("Not a valid section definition: ", text_of(item), ". Some extra configuration is required."));
      continue;
    }
    const auto found = name_of(*node, place);
    if (!found) continue;
    const auto& name = *found;
    if (!seen.insert(name).second) error(place, "Multiple occurrences of the " + name + " section");
    if (name == "stages") {
      out.stages = stages(item, "stages");
    } else if (name == "environment") {
      out.environment = environment(item);
    } else if (name == "post") {
      out.post = post(item);
    } else if (name == "agent") {
      out.agent = agent(item);
    } else if (name == "tools") {
      out.tools = tools(item);
    } else if (name == "options") {
      out.options = call_section(item, "options", "Options", "Expected an option");
    } else if (name == "parameters") {
      out.parameters = call_section(item, "parameters", "Build parameters", "Expected a build parameter definition");
    } else if (name == "triggers") {
      out.triggers = call_section(item, "triggers", "Triggers", "Expected a trigger");
    } else if (name == "libraries") {
      out.libraries = libraries(item);
    } else if (name == "notifications") {
      error(place,
            "The ‘notifications’ section has been removed as of version 0.6. Use ‘post’ for all post-build actions.");
    } else if (name == "postBuild") {
      error(place,
            "The ‘postBuild’ section has been renamed as of version 0.6. Use ‘post’ for all post-build actions.");
    } else if (name == "properties") {
      error(place, "The ‘properties’ section has been renamed as of version 0.8. Use ‘options’ instead.");
    } else if (name == "jobProperties") {
      error(place, "The ‘jobProperties’ section has been renamed as of version 0.7. Use ‘properties’ instead.");
    } else if (name == "wrappers") {
      error(place, "The 'wrappers' section has been removed as of version 0.8. Use 'options' instead.");
    } else {
      error(place, quoted("Undefined section ", name, ""));
    }
  }
  return out;
}

}  // namespace

const std::vector<std::string>& post_condition_names() {
  static const std::vector<std::string> names = {"always",  "changed",  "fixed",        "regression",
                                                 "aborted", "success",  "unsuccessful", "unstable",
                                                 "failure", "notBuilt", "cleanup"};
  return names;
}

Model read_model(const groovy::Stmt* pipeline, Findings& findings) { return Reader(findings).pipeline(pipeline); }

}  // namespace windlass::jenkinsfile
