#include "jenkinsfile/check_model.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jenkinsfile/check_arguments.h"
#include "jenkinsfile/read_model.h"
#include "jenkinsfile/tree_reading.h"
#include "text/regex.h"

namespace windlass::jenkinsfile {
namespace {

std::string joined(const std::vector<std::string>& names, std::string_view open, std::string_view close) {
  std::string out(open);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ", ";
    out += names[i];
  }
  out += close;
  return out;
}

/// Each name that occurs more than once, in order of first occurrence.
std::vector<std::string> repeated(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  std::set<std::string> seen, told;
  for (const auto& name : names) {
    if (!seen.insert(name).second) told.insert(name);
  }
  for (const auto& name : names) {
    if (told.erase(name) > 0) out.push_back(name);
  }
  return out;
}

/// What java.util.regex says about a pattern that it refuses; nothing for one that it takes.
std::optional<std::string> regex_problem(std::string_view pattern) {
  auto compiled = text::Regex::compile(pattern, text::kRegexMultiline | text::kRegexDotAll);
  if (compiled || compiled.error().kind != ErrorKind::invalid) return std::nullopt;
  return compiled.error().message;
}

class Checker {
 public:
  Checker(const Catalog& catalog, Findings& findings) : catalog_(catalog), findings_(findings) {}

  void pipeline(const Model& model);

 private:
  void error(Place place, std::string message) { findings_.error(place, std::move(message)); }
  void invalid_type(Place place, std::string_view section, const std::string& name, SymbolKind kind) {
    error(place, "Invalid " + std::string(section) + " type \"" + name + "\". Valid " + std::string(section) +
                     " types: " + joined(catalog_.symbol_names(kind), "[", "]"));
  }

  void agent(const Agent& agent);
  void environment(const Environment& environment);
  void tools(const Tools& tools);
  void options(const CallSection& options, bool in_stage);
  void preserved_builds(const Call& option);
  void triggers(const CallSection& triggers);
  void parameters(const CallSection& parameters);
  void call(const Call& call, SymbolKind kind);
  void post(const Post& post);
  void branch(const Branch& branch);
  void step(const Step& step);
  void input(const Input& input);
  void when(const When& when);
  void condition(const Condition& condition);
  void common(const StageSections& sections);
  void stages(const Stages& stages, bool in_parallel);
  void stage(const Stage& stage, bool in_parallel);
  void matrix(const Matrix& matrix);
  void axes(const Axes& axes);
  void axis(const Axis& axis);

  const Catalog& catalog_;
  Findings& findings_;
};

void Checker::pipeline(const Model& model) {
  if (model.body == nullptr) return;
  if (!model.stages) error(model.place, "Missing required section \"stages\"");
  if (!model.agent) error(model.place, "Missing required section \"agent\"");
  if (model.stages) stages(*model.stages, false);
  if (model.post) post(*model.post);
  if (model.environment) environment(*model.environment);
  if (model.agent) agent(*model.agent);
  if (model.tools) tools(*model.tools);
  if (model.options) options(*model.options, false);
  if (model.parameters) parameters(*model.parameters);
  if (model.triggers) triggers(*model.triggers);
  if (model.libraries && model.libraries->calls.empty()) error(model.libraries->place, "libraries can not be empty");
}

void Checker::agent(const Agent& agent) {
  const auto names = joined(catalog_.symbol_names(SymbolKind::agent), "[", "]");
  if (agent.type.empty()) {
    error(agent.place, "No agent type specified. Must be one of " + names);
    return;
  }
  const auto* signature = catalog_.find_symbol(SymbolKind::agent, agent.type);
  if (signature == nullptr) {
    error(agent.type_place, "Invalid agent type \"" + agent.type + "\" specified. Must be one of " + names);
    return;
  }
  if (agent.type == "any" || agent.type == "none" || signature->open || !agent.map) return;
  std::vector<std::string> valid;
  for (const auto& parameter : signature->parameters) {
    valid.push_back(parameter.name);
    const bool given = std::ranges::any_of(agent.map->entries, [&](const auto& e) { return e.key == parameter.name; });
    if (parameter.required && !given) {
      error(agent.type_place, "Missing required parameter for agent type \"" + agent.type + "\": " + parameter.name);
    }
  }
  for (const auto& entry : agent.map->entries) {
    if (std::ranges::find(valid, entry.key) == valid.end()) {
      error(entry.key_place, "Invalid config option \"" + entry.key + "\" for agent type \"" + agent.type +
                                 "\". Valid config options are " + joined(valid, "[", "]"));
    }
  }
}

void Checker::environment(const Environment& environment) {
  if (environment.body != nullptr && environment.entries.empty()) {
    error(environment.place, "No variables specified for environment");
  }
  for (const auto& entry : environment.entries) {
    if (!is_environment_name(entry.name)) {
      error(entry.place,
            "\"" + entry.name +
                "\" is not a valid identifier and cannot be used for an environment variable. Identifiers must "
                "start with a letter or underscore and can contain only letters, numbers or underscores.");
    }
  }
}

void Checker::tools(const Tools& tools) {
  if (tools.tools.empty()) error(tools.place, "No tools specified");
  for (const auto& tool : tools.tools) {
    // A class name in place of a symbol: only its plugin could tell.
    if (tool.type.find('.') != std::string::npos) continue;
    if (catalog_.find_symbol(SymbolKind::tool, tool.type) == nullptr) {
      invalid_type(tool.place, "tool", tool.type, SymbolKind::tool);
      continue;
    }
    const auto installed = catalog_.find_installations(tool.type);
    if (!installed || !tool.version.is_literal()) continue;
    if (std::ranges::find(*installed, tool.version.text) != installed->end()) continue;
    const auto nearest = find_nearest(tool.version.text, *installed);
    findings_.warning(tool.version.place,
                      "Tool type \"" + tool.type + "\" does not have an install of \"" + tool.version.text +
                          "\" configured - did you mean \"" + (nearest.empty() ? std::string("null") : nearest) + "\"?",
                      "工具类型 \"" + tool.type + "\" 没有配置 \"" + tool.version.text + "\"" +
                          (nearest.empty() ? "" : "；您是否想用 \"" + nearest + "\"？"));
  }
}

void Checker::call(const Call& call, SymbolKind kind) { check_call_arguments(call, kind, catalog_, findings_); }

void Checker::options(const CallSection& options, bool in_stage) {
  const auto kind = in_stage ? SymbolKind::stage_option : SymbolKind::option;
  if (options.calls.empty()) error(options.place, "options can not be empty");
  std::vector<std::string> names;
  for (const auto& option : options.calls) {
    if (!option.name.empty()) names.push_back(option.name);
  }
  for (const auto& name : repeated(names)) error(options.place, "Duplicate option name: \"" + name + "\"");
  for (const auto& option : options.calls) {
    if (option.name.empty()) continue;
    const auto* signature = catalog_.find_symbol(kind, option.name);
    if (signature == nullptr) {
      invalid_type(option.place, "option", option.name, kind);
    } else if (!signature->offered) {
      findings_.warning(option.place,
                        "option \"" + option.name + "\" belongs to a plugin that is not offered here; it has no effect",
                        "选项 \"" + option.name + "\" 属于此处未提供的插件，不起作用");
    }
  }
  for (const auto& option : options.calls) {
    if (option.name == "parameters" || option.name == "triggers") {
      error(option.place, "The \"" + option.name +
                              "\" job property can't be used in the \"options\" directive. Use the \"" + option.name +
                              " {...}\" directive instead.");
      continue;
    }
    if (option.name == "preserveStashes") preserved_builds(option);
    call(option, kind);
  }
}

/// As many runs as Jenkins keeps stashes of; what is computed is looked at when it is known.
void Checker::preserved_builds(const Call& option) {
  for (const auto& argument : option.arguments) {
    if (argument.key != "buildCount" || argument.value.kind != Value::Kind::integer) continue;
    int count = 0;
    const auto& text = argument.value.text;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (wrong != std::errc() || end != text.data() + text.size() || count < 1 || count > 50)
      error(option.place, "The number of builds to preserve must be between 1 and 50.");
  }
}

void Checker::triggers(const CallSection& triggers) {
  if (triggers.calls.empty()) error(triggers.place, "triggers can not be empty");
  std::vector<std::string> names;
  for (const auto& trigger : triggers.calls) {
    if (!trigger.name.empty()) names.push_back(trigger.name);
  }
  for (const auto& name : repeated(names)) error(triggers.place, "Duplicate trigger name: \"" + name + "\"");
  for (const auto& trigger : triggers.calls) {
    if (trigger.name.empty()) continue;
    const auto* signature = catalog_.find_symbol(SymbolKind::trigger, trigger.name);
    if (signature == nullptr) {
      invalid_type(trigger.place, "trigger", trigger.name, SymbolKind::trigger);
    } else if (!signature->offered) {
      findings_.warning(
          trigger.place,
          "trigger \"" + trigger.name + "\" belongs to a plugin that is not offered here; it will not fire",
          "触发器 \"" + trigger.name + "\" 属于此处未提供的插件，不会触发");
    }
    call(trigger, SymbolKind::trigger);
  }
}

void Checker::parameters(const CallSection& parameters) {
  if (parameters.calls.empty()) error(parameters.place, "parameters can not be empty");
  for (const auto& parameter : parameters.calls) {
    if (parameter.name.empty()) continue;
    const auto* signature = catalog_.find_symbol(SymbolKind::parameter, parameter.name);
    if (signature == nullptr) {
      invalid_type(parameter.place, "parameter", parameter.name, SymbolKind::parameter);
    } else if (!signature->offered) {
      findings_.warning(parameter.place,
                        "parameter type \"" + parameter.name +
                            "\" belongs to a plugin that is not offered here; it is treated as a string",
                        "参数类型 \"" + parameter.name + "\" 属于此处未提供的插件，按字符串处理");
    }
    call(parameter, SymbolKind::parameter);
  }
}

void Checker::post(const Post& post) {
  if (post.conditions.empty()) error(post.place, "post can not be empty");
  std::vector<std::string> names;
  for (const auto& condition : post.conditions) names.push_back(condition.name);
  for (const auto& name : repeated(names)) error(post.place, "Duplicate build condition name: \"" + name + "\"");
  for (const auto& condition : post.conditions) {
    const auto& known = post_condition_names();
    if (std::ranges::find(known, condition.name) == known.end()) {
      error(condition.place,
            "Invalid condition \"" + condition.name + "\" - valid conditions are " + joined(known, "[", "]"));
    }
    branch(condition.branch);
  }
}

void Checker::branch(const Branch& branch) {
  if (branch.steps.empty()) error(branch.place, "No steps specified for branch");
  for (const auto& one : branch.steps) step(one);
}

void Checker::step(const Step& step) {
  if (step.name.empty()) return;
  if (step.is_script) return;
  const auto* signature = step.name == "parallel" ? nullptr : catalog_.find_step(step.name);
  if (signature != nullptr) check_step_arguments(step.place, step.name, step.arguments, *signature, findings_);
  const char* reason = nullptr;
  if (step.name == "stage") reason = "The stage step cannot be used in Declarative Pipelines";
  if (step.name == "properties") reason = "The properties step cannot be used in Declarative Pipelines";
  if (step.name == "parallel")
    reason = "The parallel step can only be used as the only top-level step in a stage's step block";
  if (reason != nullptr) {
    error(step.place, "Invalid step \"" + step.name + "\" used - not allowed in this context - " + reason);
  }
  for (const auto& child : step.children) this->step(child);
}

void Checker::input(const Input& input) {
  const bool message = std::ranges::any_of(input.fields, [](const NamedValue& f) { return f.key == "message"; });
  if (!message && input.body != nullptr) error(input.place, "No message specified for input");
  if (input.parameters) parameters(*input.parameters);
}

void Checker::when(const When& when) {
  if (when.body != nullptr && when.conditions.empty()) {
    error(when.place, "Empty when closure, remove the property or add some content.");
  }
  for (const auto& one : when.conditions) condition(one);
}

void Checker::condition(const Condition& condition) {
  if (condition.name.empty() || condition.name == "expression") return;
  const auto* signature = catalog_.find_symbol(SymbolKind::condition, condition.name);
  if (signature == nullptr) {
    error(condition.place, "Unknown conditional " + condition.name + ". Valid conditionals are: " +
                               joined(catalog_.symbol_names(SymbolKind::condition), "", ""));
  } else if (condition.name == "allOf" || condition.name == "anyOf" || condition.name == "not") {
    if (condition.has_arguments) {
      error(condition.place,
            "No additional arguments are allowed for children when condition \"" + condition.name + "\".");
    } else if (condition.name == "not" && condition.children.size() != 1) {
      error(condition.place, "Nested when condition \"not\" requires exactly 1 child condition(s).");
    } else if (condition.children.empty()) {
      error(condition.place, "Nested when condition \"" + condition.name + "\" requires at least one child condition.");
    }
  } else if (!condition.children.empty()) {
    error(condition.place, "No children when conditions are allowed for when condition \"" + condition.name + "\".");
  } else if (condition.name == "changelog" && condition.arguments.form == StepArguments::Form::none) {
    error(condition.place, "Changelog is missing required parameter \"pattern\".");
  } else {
    check_step_arguments(condition.place, condition.name, condition.arguments, *signature, findings_);
    const Value* pattern = nullptr;
    if (condition.arguments.form == StepArguments::Form::single) pattern = &condition.arguments.values.front();
    bool regexp = condition.name == "changelog";
    for (const auto& named : condition.arguments.named) {
      if (named.key == "pattern") pattern = &named.value;
      std::string upper = named.value.text;
      for (auto& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      if (named.key == "comparator" && upper == "REGEXP") regexp = true;
    }
    if (regexp && pattern != nullptr && pattern->kind == Value::Kind::string) {
      if (auto problem = regex_problem(pattern->text))
        error(condition.place, "\"" + pattern->text + "\" is not a valid regular expression. " + *problem);
    }
  }
  for (const auto& child : condition.children) this->condition(child);
}

void Checker::common(const StageSections& sections) {
  if (sections.agent) agent(*sections.agent);
  if (sections.when) when(*sections.when);
  if (sections.post) post(*sections.post);
  if (sections.tools) tools(*sections.tools);
  if (sections.environment) environment(*sections.environment);
  if (sections.options) options(*sections.options, true);
  if (sections.input) input(*sections.input);
}

void Checker::stages(const Stages& stages, bool in_parallel) {
  if (stages.stages.empty() && stages.body != nullptr) error(stages.place, "No stages specified");
  std::vector<std::string> names;
  for (const auto& one : stages.stages) names.push_back(one.name);
  for (const auto& name : repeated(names)) error(stages.place, "Duplicate stage name: \"" + name + "\"");
  for (const auto& one : stages.stages) stage(one, in_parallel);
}

void Checker::stage(const Stage& stage, bool in_parallel) {
  common(stage);
  const int bodies =
      (stage.branches.empty() ? 0 : 1) + (stage.parallel ? 1 : 0) + (stage.matrix ? 1 : 0) + (stage.stages ? 1 : 0);
  if (in_parallel && (stage.branches.size() > 1 || stage.parallel || stage.matrix)) {
    const Place place = stage.matrix     ? stage.matrix->place
                        : stage.parallel ? stage.parallel->place
                                         : stage.branches.front().place;
    error(place, "\"matrix\" or \"parallel\" cannot be nested inside another \"matrix\" or \"parallel\".");
  } else if (bodies > 1) {
    error(stage.place,
          "Only one of \"matrix\", \"parallel\", \"stages\", or \"steps\" allowed for stage \"" + stage.name + "\"");
  } else if (bodies == 0) {
    error(stage.place, "Expected one of \"steps\", \"stages\", or \"parallel\" for stage \"" + stage.name + "\"");
  } else if (stage.parallel || stage.matrix) {
    for (const auto* what : {"agent", "tools"}) {
      const bool is_agent = std::string_view(what) == "agent";
      if (is_agent ? !stage.agent : !stage.tools) continue;
      error(is_agent ? stage.agent->place : stage.tools->place, std::string("\"") + what +
                                                                    "\" is not allowed in stage \"" + stage.name +
                                                                    "\" as it contains parallel or matrix stages");
    }
  } else {
    std::vector<std::string> names;
    for (const auto& one : stage.branches) names.push_back(one.name);
    for (const auto& name : repeated(names)) error(stage.place, "Duplicate parallel branch name: \"" + name + "\"");
  }
  for (const auto& one : stage.branches) branch(one);
  if (stage.parallel) stages(*stage.parallel, true);
  if (stage.matrix) matrix(*stage.matrix);
  if (stage.stages) stages(*stage.stages, in_parallel);
}

void Checker::matrix(const Matrix& matrix) {
  common(matrix);
  if (matrix.body == nullptr) return;
  if (!matrix.axes) error(matrix.place, "Missing required section \"axes\"");
  if (!matrix.stages) error(matrix.place, "Missing required section \"stages\"");
  if (matrix.axes) axes(*matrix.axes);
  if (matrix.excludes) {
    if (matrix.excludes->excludes.empty()) error(matrix.excludes->place, "No exclude directives specified");
    for (const auto& exclude : matrix.excludes->excludes) axes(exclude);
  }
  if (matrix.stages) stages(*matrix.stages, true);
}

void Checker::axes(const Axes& axes) {
  if (axes.axes.empty()) error(axes.place, "No axis directives specified");
  std::vector<std::string> names;
  for (const auto& one : axes.axes) {
    if (!one.name_text.empty()) names.push_back(one.name_text);
  }
  for (const auto& name : repeated(names)) {
    const auto first = std::ranges::find(axes.axes, name, &Axis::name_text);
    error(first->name->place, "Duplicate axis name: \"" + name + "\"");
  }
  for (const auto& one : axes.axes) axis(one);
}

void Checker::axis(const Axis& axis) {
  if (axis.body == nullptr) return;
  if (!axis.name) {
    error(axis.place, "Missing required section \"name\"");
  } else if (!is_environment_name(axis.name_text)) {
    error(axis.name->place,
          "\"" + axis.name_text +
              "\" is not a valid identifier and cannot be used for an environment variable. Identifiers must "
              "start with a letter or underscore and can contain only letters, numbers or underscores.");
  }
  if (axis.values.empty()) error(axis.place, "Missing required section \"values\"");
  std::vector<std::string> texts;
  for (const auto& value : axis.values) texts.push_back(value.text);
  for (const auto& text : repeated(texts)) {
    const auto first = std::ranges::find(axis.values, text, &Value::text);
    error(first->place, "Duplicate axis value: \"" + text + "\"");
  }
  for (const auto& value : axis.values) {
    if (!value.is_literal()) error(value.place, "Expected string literal but got " + value.text);
  }
}

}  // namespace

void check_model(const Model& model, const Catalog& catalog, Findings& findings) {
  Checker(catalog, findings).pipeline(model);
}

}  // namespace windlass::jenkinsfile
