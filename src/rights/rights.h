// Who may do what: one pure decision for every surface. Nothing here knows HTTP, tokens or a store.
//
// A user holds roles: global ones, and one per project (namespace). A role is a list of rules; anything no rule allows
// is refused. Reading the values of Secrets is nobody's right: they are write-only everywhere, and the surfaces mask
// them. Roles are those of docs/security.md; names follow KubeSphere's.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace windlass::rights {

enum class GlobalRole : unsigned char {
  none,   ///< authenticated only: KubeSphere's kubesphere-user, reads what is shared by all projects
  admin,  ///< everything
};

enum class ProjectRole : unsigned char {
  none,
  viewer,      ///< reads pipelines, runs, logs
  developer,   ///< starts, stops and answers runs
  maintainer,  ///< changes pipelines, credentials, repositories, templates
  owner,       ///< also members, and the project itself
};

/// What a token may do of what its user may: all of it, or less.
struct Scopes {
  bool read_only = false;
  std::set<std::string> projects;  ///< nothing outside of these; empty: everywhere

  [[nodiscard]] bool everything() const { return !read_only && projects.empty(); }
};

/// "read", "project:NAME", with blanks between; empty text is everything. Errors: invalid, with the word.
Result<Scopes> parse_scopes(std::string_view text);
std::string to_string(const Scopes& scopes);

struct Grant;

struct User {
  std::string name;  ///< empty: not authenticated
  std::string uid;
  std::vector<std::string> groups;
  GlobalRole global = GlobalRole::none;
  std::map<std::string, ProjectRole> projects;            ///< by namespace
  Scopes scopes;                                          ///< of the token that was shown
  std::vector<std::shared_ptr<const Grant>> grants = {};  ///< beside the roles: grants.h
  std::string cluster_name = {};                          ///< as the cluster knows them; empty: it does not
  std::vector<std::pair<std::string, std::vector<std::string>>> cluster_extra = {};  ///< what it said of them beside

  [[nodiscard]] bool authenticated() const { return !name.empty(); }
  /// An administrator, by a token that is not narrower.
  [[nodiscard]] bool is_admin() const { return global == GlobalRole::admin && scopes.everything(); }
};

/// What is asked for, as a SubjectAccessReview has it.
struct Attributes {
  std::string verb;  ///< get, list, watch, create, update, patch, delete, deletecollection
  std::string group, resource, subresource;
  std::string namespace_;  ///< empty: cluster scope, or all namespaces of a namespaced resource
  std::string name;
  std::string pipeline = {};  ///< of a run: whose it is, where that is known
};

struct Decision {
  bool allowed = false;
  std::string reason;  ///< why, for explanations and audit
};

Decision decide(const User& user, const Attributes& attributes);

std::string_view to_string(ProjectRole role);
/// none for an unknown name.
ProjectRole parse_project_role(std::string_view name);

}  // namespace windlass::rights
