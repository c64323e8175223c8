// The Declarative model: what a `pipeline { … }` statement says, section by section, with pointers into the syntax
// tree.
//
// Read from the tree once, then only looked at: the validator checks it, the transformer turns it into the prelude's
// argument, the converter writes it as JSON. It owns nothing but its vectors; the tree must outlive it.
// Invariant: a section that could be read at all is present, also when its content was refused (the diagnostics say
// so), hence a model may be transformed only when validation had no errors. Source: pipeline-language 2.1.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "groovy/ast.h"

namespace windlass::jenkinsfile {

/// Where a diagnostic stands: a byte offset, or nowhere (Groovy prints line -1 for parts that have no place).
using Place = std::uint32_t;

/// A value in argument position.
struct Value {
  enum class Kind : std::uint8_t { null, boolean, integer, long_, real, string, code };
  Kind kind = Kind::code;
  std::string
      text;  ///< of a literal, as Java prints it; of code, its source text (in `${…}` when it is no GString or map)
  const groovy::Expr* expr = nullptr;
  Place place = 0;
  [[nodiscard]] bool is_literal() const { return kind != Kind::code; }
};

struct Call;

/// An argument of an option, trigger, parameter …: a value or a nested call, named or not.
struct CallArgument {
  std::string key;  ///< empty: positional
  bool named = false;
  Place key_place = 0;
  Value value;
  std::vector<Call> call;  ///< one element when the argument is a call
};

struct Call {
  std::string name;  ///< empty: could not be read (a diagnostic exists)
  const groovy::MethodCall* node = nullptr;
  groovy::Span span;
  Place place = 0;
  std::vector<CallArgument> arguments;
};

struct NamedValue {
  std::string key;
  Place key_place = 0;
  Value value;
};

struct StepArguments {
  enum class Form : std::uint8_t { none, named, single, positional };
  Form form = Form::none;
  std::vector<NamedValue> named;
  std::vector<Value> values;  ///< one for `single`
};

struct Step {
  std::string name;  ///< empty: not a step (a diagnostic exists)
  const groovy::Stmt* statement = nullptr;
  const groovy::MethodCall* call = nullptr;
  Place place = 0;
  StepArguments arguments;
  const groovy::Closure* body = nullptr;  ///< of a block step, or of `script`
  bool is_script = false;                 ///< `script { }` and `expression { }`: code, not steps
  std::vector<Step> children;
};

/// A list of steps; several only for the old `steps { parallel(a: { … }) }`.
struct Branch {
  std::string name;
  const groovy::Closure* body = nullptr;
  Place place = 0;
  std::vector<Step> steps;
};

/// The call a section was written as. `body` is null for a section without a literal closure.
struct Section {
  const groovy::Stmt* statement = nullptr;
  const groovy::MethodCall* call = nullptr;
  const groovy::Closure* body = nullptr;
  Place place = 0;
};

/// The nested `key value` statements of an agent.
struct ClosureMap {
  struct Entry {
    std::string key;
    Place key_place = 0;
    Value value;
    std::vector<ClosureMap> map;  ///< one element for `key { … }`
  };
  std::vector<Entry> entries;
};

struct Agent : Section {
  std::string type;  ///< empty: none was understood
  Place type_place = 0;
  std::optional<Value> value;     ///< `docker 'image'`
  std::optional<ClosureMap> map;  ///< `docker { image '…' }`
};

struct EnvironmentEntry {
  std::string name;
  Place place = 0;
  const groovy::Stmt* statement = nullptr;
  const groovy::Expr* value = nullptr;
  bool is_credentials = false;  ///< `credentials('id')`
  bool duplicate = false;
};
struct Environment : Section {
  std::vector<EnvironmentEntry> entries;
};

struct CallSection : Section {  ///< options, triggers, parameters, libraries
  std::vector<Call> calls;
};

struct Tool {
  std::string type;
  Place place = 0;
  Value version;
};
struct Tools : Section {
  std::vector<Tool> tools;
};

struct PostCondition {
  std::string name;
  Place place = 0;
  Branch branch;
};
struct Post : Section {
  std::vector<PostCondition> conditions;
};

struct Condition {
  std::string name;  ///< empty: not a condition (a diagnostic exists)
  const groovy::Stmt* statement = nullptr;
  const groovy::MethodCall* call = nullptr;
  Place place = 0;
  const groovy::Closure* body = nullptr;  ///< of `expression`
  bool has_arguments = false;             ///< any, beside the block
  bool has_block = false;
  StepArguments arguments;
  std::vector<Condition> children;
};
struct When : Section {
  std::optional<bool> before_agent, before_input, before_options;
  std::vector<Condition> conditions;
};

struct Input : Section {
  std::vector<NamedValue> fields;  ///< message, id, ok, submitter, submitterParameter: each once
  std::optional<CallSection> parameters;
};

struct Axis : Section {
  std::optional<Value> name;
  std::string name_text;
  bool inverse = false;  ///< notValues
  std::vector<Value> values;
};
struct Axes : Section {
  std::vector<Axis> axes;
};
struct Excludes : Section {
  std::vector<Axes> excludes;
};

struct Stage;
struct Stages : Section {  ///< `stages` and `parallel`
  std::vector<Stage> stages;
};

/// What a stage and a matrix have in common.
struct StageSections {
  std::optional<Agent> agent;
  std::optional<Environment> environment;
  std::optional<Tools> tools;
  std::optional<CallSection> options;
  std::optional<Input> input;
  std::optional<When> when;
  std::optional<Post> post;
};

struct Matrix : Section, StageSections {
  std::optional<Axes> axes;
  std::optional<Excludes> excludes;
  std::optional<Stages> stages;
};

struct Stage : Section, StageSections {
  std::string name;
  std::optional<bool> fail_fast;
  std::optional<Section> steps;
  std::vector<Branch> branches;  ///< of `steps`
  std::optional<Stages> stages;
  std::optional<Stages> parallel;
  std::optional<Matrix> matrix;
};

struct Model : Section {
  std::optional<Agent> agent;
  std::optional<CallSection> libraries, options, parameters, triggers;
  std::optional<Environment> environment;
  std::optional<Tools> tools;
  std::optional<Stages> stages;
  std::optional<Post> post;
};

}  // namespace windlass::jenkinsfile
