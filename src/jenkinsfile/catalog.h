// What the Declarative validator needs to know about the installation: steps, symbols, tools. An abstract interface,
// so that this module knows no step by itself; the descriptions of steps are filled in by whoever owns them.
//
// Invariant: everything returned lives as long as the catalog and does not change during one validation.
// Source: pipeline-language 2.2 (arguments of known steps), 2.3, 2.7 - 2.10 (symbols).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::jenkinsfile {

/// The Java types that a literal is checked against; `object` accepts everything.
enum class ParameterType : std::uint8_t {
  string,
  int_,
  integer,
  long_,
  boolean,
  number,
  enumeration,
  list,
  map,
  object
};

struct Parameter {
  std::string name;
  ParameterType type = ParameterType::object;
  bool required = false;
  std::vector<std::string> values;  ///< of an enumeration
  std::string java_type;            ///< as messages show it ("class java.util.concurrent.TimeUnit"); empty: by `type`
};

/// A step, or a symbol of one kind (an option, a trigger …).
struct Signature {
  std::string name;
  std::vector<Parameter> parameters;
  std::string positional;  ///< takes a single unnamed argument, required or not; empty: only required ones may be
  bool takes_body = false;
  bool needs_workspace = false;  ///< such a block step cannot be a wrapper in `options`
  bool open = false;             ///< arguments are not checked: their names are known to a plugin only
  bool offered = true;           ///< false: a known plugin has it, Windlass accepts it and does nothing (a warning)
};

enum class SymbolKind : std::uint8_t { option, stage_option, trigger, parameter, tool, condition, agent, describable };

class Catalog {
 public:
  Catalog() = default;
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;
  virtual ~Catalog() = default;

  /// Null: not a known step; such a call is accepted, it may come from a library.
  [[nodiscard]] virtual const Signature* find_step(std::string_view name) const = 0;
  /// Null: no known plugin has that symbol.
  [[nodiscard]] virtual const Signature* find_symbol(SymbolKind kind, std::string_view name) const = 0;
  /// In the order in which messages list them.
  [[nodiscard]] virtual std::vector<std::string> symbol_names(SymbolKind kind) const = 0;
  /// Names of the configured installations of a tool type; nothing when the installation is not known (no check).
  [[nodiscard]] virtual std::optional<std::vector<std::string>> find_installations(
      std::string_view tool_type) const = 0;
  /// Steps and global functions: where an unknown function's nearest name is looked for.
  [[nodiscard]] virtual std::vector<std::string> function_names() const = 0;
};

}  // namespace windlass::jenkinsfile
