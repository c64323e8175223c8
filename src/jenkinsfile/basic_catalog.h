// A Catalog in memory: begins with everything that belongs to Declarative itself (agents, conditions, options,
// triggers, parameters, tools) and the names that well-known plugins add; steps are added by the owner of their
// descriptions.
//
// What this is not: a list of steps. Without add_step() every function name is unknown, hence accepted.
#pragma once

#include <map>
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

  std::map<std::string, Signature, std::less<>> steps_;
  std::map<SymbolKind, std::map<std::string, Signature, std::less<>>> symbols_;
  std::map<std::string, std::vector<std::string>, std::less<>> installations_;
  std::set<std::string, std::less<>> globals_;
};

}  // namespace windlass::jenkinsfile
