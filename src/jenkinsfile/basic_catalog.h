// A Catalog in memory: begins with everything that belongs to Declarative itself (agents, conditions, options,
// triggers, parameters, tools) and the names that well-known plugins add; steps are added by the owner of their
// descriptions.
//
// What this is not: a list of steps. Without add_step() every function name is unknown, hence accepted.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "jenkinsfile/catalog.h"

namespace windlass::jenkinsfile {

class BasicCatalog final : public Catalog {
 public:
  BasicCatalog();

  void add_step(Signature step);
  /// A step whose parameters are asked for when somebody looks at them: of all steps a file uses few.
  void add_step(Signature step, std::function<std::vector<Parameter>()> parameters);
  void add_symbol(SymbolKind kind, Signature symbol);
  /// A global function or variable that can be called (`vars/*.groovy`, `docker` …): only for the nearest name.
  void add_global(std::string name);
  /// From now on installations of this type are known to be exactly these.
  void set_installations(const std::string& tool_type, std::vector<std::string> names);

  [[nodiscard]] const Signature* find_step(std::string_view name) const override;
  [[nodiscard]] const Signature* find_symbol(SymbolKind kind, std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> symbol_names(SymbolKind kind) const override;
  [[nodiscard]] std::optional<std::vector<std::string>> find_installations(std::string_view tool_type) const override;
  [[nodiscard]] std::vector<std::string> function_names() const override;

 private:
  [[nodiscard]] bool may_wrap(const Signature& step) const;

  struct Step {
    Signature signature;
    std::function<std::vector<Parameter>()> parameters;  ///< may be empty
    std::once_flag once;
  };
  mutable std::map<std::string, Step, std::less<>> steps_;  // filled in by whoever looks at one first
  std::map<SymbolKind, std::map<std::string, Signature, std::less<>>> symbols_;
  std::map<std::string, std::vector<std::string>, std::less<>> installations_;
  std::set<std::string, std::less<>> globals_;
};

}  // namespace windlass::jenkinsfile
