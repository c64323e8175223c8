// What steps and describable symbols exist: names, parameters, kinds, help. Data only; what a step does is prelude
// Groovy (src/prelude) and effects (docs/steps.md). The source of truth is steps/*.json and symbols.json, turned into
// constants at build time, so making a Catalog costs nothing.
//
// Invariant: immutable; everything it hands out lives as long as the program; any thread.
// Source: pipeline-language §6, §9.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace windlass::catalog {

/// What becomes of a step that was asked before a crash and has no result; decides too how it is run (docs/steps.md).
enum class StepKind : std::uint8_t {
  pure,     ///< prelude function without effects
  read,     ///< one effect, repeated
  own,      ///< one effect, performed in the transaction of its result
  task,     ///< one effect on an agent, asked for by token
  keyed,    ///< one effect under a deterministic name, repeated
  once,     ///< one effect, never repeated
  prelude,  ///< prelude function that asks for effects of its own
};

enum class ParameterType : std::uint8_t {
  string,
  boolean,
  integer,
  long_integer,
  real,
  list,
  map,
  closure,
  object,
  enumeration,
  any,
};

enum class Language : std::uint8_t { english, chinese };

struct Text {
  std::string_view en;
  std::string_view zh;
  [[nodiscard]] constexpr std::string_view in(Language language) const {
    return language == Language::chinese ? zh : en;
  }
};

enum class DefaultKind : std::uint8_t { none, boolean, integer, real, text };

struct DefaultValue {
  DefaultKind kind = DefaultKind::none;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;
};

struct Parameter {
  std::string_view name;
  ParameterType type = ParameterType::any;
  bool required = false;
  std::string_view choices;  ///< of an enumeration, separated by commas
  DefaultValue default_value;
  Text help;
};

struct StepDescription {
  std::string_view name;
  StepKind kind = StepKind::pure;
  bool block = false;    ///< takes a body
  bool announce = true;  ///< the engine prints `[Pipeline] name` before it runs; else the prelude does
  bool needs_node = false;
  std::span<const Parameter> parameters;
  std::string_view positional;       ///< what a single unnamed argument sets; empty: only named arguments
  std::string_view rest;             ///< a map that takes arguments of unknown names, or a list of further ones
  std::string_view label_parameter;  ///< shown beside the name in the log and in pages
  std::string_view returns_type;
  Text returns;
  Text help;
  std::span<const std::string_view> see;  ///< other names: `$class` names of the same thing

  [[nodiscard]] const Parameter* find_parameter(std::string_view parameter) const;
  /// Whether a prelude function step_NAME runs it, rather than one effect of its name.
  [[nodiscard]] bool runs_in_prelude() const { return kind == StepKind::pure || kind == StepKind::prelude; }
};

/// Something written as `symbol(field: …)` or `[$class: 'ClassName', field: …]`.
struct SymbolDescription {
  std::span<const std::string_view> symbols;  ///< the first is the canonical one; may be empty
  std::span<const std::string_view> classes;  ///< simple names
  std::string_view context;                   ///< "parameter", "trigger", "credential binding", "scm extension" …
  std::string_view positional;
  std::span<const Parameter> fields;

  /// The name under which prelude and effects know it: the symbol, else the class.
  [[nodiscard]] std::string_view canonical() const { return symbols.empty() ? classes.front() : symbols.front(); }
  [[nodiscard]] const Parameter* find_field(std::string_view field) const;
};

class Catalog {
 public:
  /// nullptr: no such step.
  [[nodiscard]] const StepDescription* find_step(std::string_view name) const;
  /// The step that was probably meant; nullopt when none is near.
  [[nodiscard]] std::optional<std::string_view> nearest_step(std::string_view name) const;
  /// In the order of their names, byte by byte.
  [[nodiscard]] std::span<const StepDescription> steps() const;

  /// By symbol, simple class name or full class name (`a.b.GitSCM`, `a.b.Outer$Inner`). Without a context the first of
  /// that name. nullptr: unknown.
  [[nodiscard]] const SymbolDescription* find_symbol(std::string_view name, std::string_view context = {}) const;
  /// All of one context are neighbours, in the order of symbols.json.
  [[nodiscard]] std::span<const SymbolDescription> symbols_of(std::string_view context) const;
  [[nodiscard]] std::span<const SymbolDescription> symbols() const;
};

}  // namespace windlass::catalog
