#include "rights/rights.h"

#include <algorithm>
#include <array>

#include "rights/grants.h"

namespace windlass::rights {

namespace {

constexpr std::string_view kDevops = "devops.kubesphere.io";

bool is_read(std::string_view verb) { return verb == "get" || verb == "list" || verb == "watch"; }

/// A rule allows some verbs on some resources to a role and those above it.
struct Rule {
  ProjectRole role;
  std::string_view group;      ///< "*": any
  std::string_view resources;  ///< separated by blanks; "*": any but secrets and members
  bool read_only;
};

constexpr Rule kProjectRules[] = {
    {ProjectRole::viewer, "*", "*", true},
    {ProjectRole::developer, kDevops, "pipelineruns", false},
    {ProjectRole::maintainer, kDevops,
     "pipelines pipelineruns templates steptemplates gitrepositories webhooks s2ibinaries", false},
    {ProjectRole::maintainer, "", "secrets configmaps podtemplates", false},
    {ProjectRole::maintainer, "gitops.kubesphere.io", "applications imageupdaters", false},
};

/// Everybody who is authenticated reads these; they belong to no project.
constexpr std::array<std::string_view, 3> kShared = {"clustertemplates", "clustersteptemplates", "addonstrategies"};

bool lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto end = words.find(' ');
    if (words.substr(0, end) == word) return true;
    if (end == std::string_view::npos) return false;
    words.remove_prefix(end + 1);
  }
  return false;
}

Decision decide_by_role(const User& user, const Attributes& a, const std::string& project, bool is_project,
                        bool shared) {
  if (user.global == GlobalRole::admin) return {true, "the role admin allows everything"};
  if (shared && is_read(a.verb)) return {true, "everybody reads " + a.resource};
  if (project.empty()) {
    return {false, "the user " + user.name + " may not " + a.verb + " " + a.resource + " of all projects"};
  }
  const auto found = user.projects.find(project);
  const ProjectRole role = found == user.projects.end() ? ProjectRole::none : found->second;
  if (role == ProjectRole::none) {
    return {false, "the user " + user.name + " has no role in the project " + project};
  }
  const std::string allowed = "the role " + std::string(to_string(role)) + " in " + project + " allows it";
  if (role == ProjectRole::owner) return {true, allowed};
  if (is_project) {
    if (is_read(a.verb)) return {true, allowed};
  } else {
    for (const auto& rule : kProjectRules) {
      if (role < rule.role || (rule.read_only && !is_read(a.verb))) continue;
      if (rule.group != "*" && rule.group != a.group) continue;
      const bool named = rule.resources == "*" ? a.resource != "secrets" : lists(rule.resources, a.resource);
      if (named) return {true, allowed};
    }
  }
  return {false,
          "the role " + std::string(to_string(role)) + " in " + project + " may not " + a.verb + " " + a.resource};
}

}  // namespace

Decision decide(const User& user, const Attributes& a) {
  if (!user.authenticated()) return {false, "nobody is authenticated"};
  const bool is_project =
      (a.group == kDevops && a.resource == "devopsprojects") || (a.group.empty() && a.resource == "namespaces");
  // A project object is named as its namespace.
  const std::string project = is_project ? a.name : a.namespace_;
  const bool shared = a.group == kDevops && std::find(kShared.begin(), kShared.end(), a.resource) != kShared.end();
  if (user.scopes.read_only && !is_read(a.verb)) return {false, "this token may only read"};
  if (!user.scopes.projects.empty() && !user.scopes.projects.contains(project) && !(shared && is_read(a.verb))) {
    return {false, "this token is for other projects only"};
  }
  auto by_role = decide_by_role(user, a, project, is_project, shared);
  if (by_role.allowed) return by_role;
  for (const auto& grant : user.grants) {
    if (grant->allows(a)) return {true, grant->why + " allows it"};
  }
  return by_role;
}

Result<Scopes> parse_scopes(std::string_view text) {
  constexpr std::string_view kProject = "project:";
  Scopes out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (word == "read") {
      out.read_only = true;
    } else if (word.starts_with(kProject) && word.size() > kProject.size() && word.size() < 300) {
      out.projects.emplace(word.substr(kProject.size()));
    } else {
      return fail(ErrorKind::invalid,
                  "a token's scope is read or project:NAME, not " + std::string(word.substr(0, 80)));
    }
  }
  return out;
}

std::string to_string(const Scopes& scopes) {
  std::string out = scopes.read_only ? "read" : "";
  for (const auto& project : scopes.projects) out += (out.empty() ? "project:" : " project:") + project;
  return out;
}

std::string_view to_string(ProjectRole role) {
  switch (role) {
    case ProjectRole::none:
      return "none";
    case ProjectRole::viewer:
      return "viewer";
    case ProjectRole::developer:
      return "developer";
    case ProjectRole::maintainer:
      return "maintainer";
    case ProjectRole::owner:
      return "owner";
  }
  return "none";
}

ProjectRole parse_project_role(std::string_view name) {
  for (const auto role : {ProjectRole::viewer, ProjectRole::developer, ProjectRole::maintainer, ProjectRole::owner}) {
    if (to_string(role) == name) return role;
  }
  return ProjectRole::none;
}

}  // namespace windlass::rights
