// What a configuration gives to people beside the roles of accounts and members: Jenkins' permissions, by user or
// group, everywhere or on the items that a pattern names. Only ever more than roles give, never less.
//
// An item is a project ("demo") or a pipeline in it ("demo/app"), as Jenkins' folders and jobs are called. What is of
// no single known pipeline (a list, a credential) takes a grant on the whole project. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rights/rights.h"

namespace windlass::rights {

/// Jenkins' permissions that mean something here: the rows of jenkins_permission().
enum class Permission : std::uint8_t {
  administer,
  read,
  build,
  cancel,
  create,
  configure,
  remove,
  remove_run,
  view_credentials,
  create_credentials,
  update_credentials,
  remove_credentials,
};

/// What one of Jenkins' permissions is here.
struct PermissionRow {
  std::string_view name;    ///< "Job/Build", as forms and JCasC have it
  std::string_view class_;  ///< "hudson.model.Item.Build", as config.xml has it
  std::optional<Permission> here;
  std::string_view sentence;  ///< why it means nothing, where it does not; empty: everybody with a token has it
};
/// nullptr: nobody knows it.
const PermissionRow* find_permission(std::string_view name);

struct Grant {
  std::string why;  ///< "the role developer of Configuration as Code"
  std::set<Permission> permissions;
  /// Whether it holds for an item; empty: for all, and for what is of no project.
  std::function<bool(std::string_view item)> matches;
  /// Whether it holds for a project and everything that is or will be in it.
  std::function<bool(std::string_view project)> matches_all_of;
  std::uint64_t generation = 0;  ///< of the configuration: for answers that are kept

  [[nodiscard]] bool allows(const Attributes& attributes) const;
};

/// Who is given what.
class GrantTable {
 public:
  void add(std::vector<std::string> users, std::vector<std::string> groups, std::shared_ptr<const Grant> grant);
  /// The user with what is given to them and their groups; `authenticated` is everybody's group. Nobody stays nobody.
  void apply(User& user) const;
  [[nodiscard]] bool empty() const { return rows_.empty(); }

 private:
  struct Row {
    std::set<std::string, std::less<>> users, groups;
    std::shared_ptr<const Grant> grant;
  };
  std::vector<Row> rows_;
};

}  // namespace windlass::rights
