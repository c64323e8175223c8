// The table of roles, verbs and tenants: each row is a promise.
#include "rights/rights.h"

#include <gtest/gtest.h>

namespace windlass::rights {
namespace {

User user(ProjectRole role) {
  User out;
  out.name = "u";
  if (role != ProjectRole::none) out.projects["mine"] = role;
  return out;
}
bool may(const User& who, std::string verb, std::string group, std::string resource, std::string space,
         std::string name = "x") {
  return decide(who, {std::move(verb), std::move(group), std::move(resource), "", std::move(space), std::move(name)})
      .allowed;
}
constexpr auto kDevops = "devops.kubesphere.io";

TEST(Rights, NobodyIsRefusedEverything) {
  for (const auto* verb : {"get", "list", "watch", "create", "update", "patch", "delete"}) {
    EXPECT_FALSE(may(User{}, verb, kDevops, "pipelines", "mine"));
    EXPECT_FALSE(may(User{}, verb, kDevops, "clustertemplates", ""));
  }
}

TEST(Rights, RolesGrowAndStayInTheirProject) {
  struct Row {
    const char* verb;
    const char* group;
    const char* resource;
    ProjectRole least;
  };
  constexpr Row kRows[] = {
      {"get", kDevops, "pipelines", ProjectRole::viewer},
      {"watch", kDevops, "pipelineruns", ProjectRole::viewer},
      {"list", "", "configmaps", ProjectRole::viewer},
      {"list", "", "secrets", ProjectRole::maintainer},
      {"create", kDevops, "pipelineruns", ProjectRole::developer},
      {"delete", kDevops, "pipelineruns", ProjectRole::developer},
      {"update", kDevops, "pipelines", ProjectRole::maintainer},
      {"create", "", "secrets", ProjectRole::maintainer},
      {"patch", kDevops, "gitrepositories", ProjectRole::maintainer},
      {"create", "coordination.k8s.io", "leases", ProjectRole::owner},
  };
  for (const auto& row : kRows) {
    for (const auto role : {ProjectRole::none, ProjectRole::viewer, ProjectRole::developer, ProjectRole::maintainer,
                            ProjectRole::owner}) {
      const auto who = user(role);
      EXPECT_EQ(may(who, row.verb, row.group, row.resource, "mine"), role >= row.least)
          << to_string(role) << " " << row.verb << " " << row.resource;
      EXPECT_FALSE(may(who, row.verb, row.group, row.resource, "other")) << "another tenant's project";
      EXPECT_FALSE(may(who, row.verb, row.group, row.resource, "")) << "all projects";
    }
  }
}

TEST(Rights, ProjectsThemselves) {
  EXPECT_TRUE(may(user(ProjectRole::viewer), "get", kDevops, "devopsprojects", "", "mine"));
  EXPECT_FALSE(may(user(ProjectRole::maintainer), "delete", kDevops, "devopsprojects", "", "mine"));
  EXPECT_TRUE(may(user(ProjectRole::owner), "delete", kDevops, "devopsprojects", "", "mine"));
  EXPECT_FALSE(may(user(ProjectRole::owner), "create", kDevops, "devopsprojects", "", "other"));
  EXPECT_FALSE(may(user(ProjectRole::owner), "get", "", "namespaces", "", "other"));
}

TEST(Rights, SharedThingsAreReadByAllAndWrittenByAdmins) {
  EXPECT_TRUE(may(user(ProjectRole::none), "list", kDevops, "clustersteptemplates", ""));
  EXPECT_FALSE(may(user(ProjectRole::owner), "create", kDevops, "clustersteptemplates", ""));
  User admin;
  admin.name = "root";
  admin.global = GlobalRole::admin;
  EXPECT_TRUE(may(admin, "create", kDevops, "clustersteptemplates", ""));
  EXPECT_TRUE(may(admin, "deletecollection", "", "secrets", "anything"));
}

TEST(Scopes, NarrowWhatTheUserMay) {
  User admin{.name = "root", .uid = {}, .groups = {}, .global = GlobalRole::admin, .projects = {}, .scopes = {}};
  const auto may = [&](const char* verb, const char* resource, const char* project) {
    return decide(admin, {verb, "devops.kubesphere.io", resource, "", project, "x"}).allowed;
  };
  EXPECT_TRUE(may("create", "pipelines", "a"));
  EXPECT_TRUE(admin.is_admin());
  admin.scopes = parse_scopes("read").value();
  EXPECT_FALSE(may("create", "pipelines", "a"));
  EXPECT_TRUE(may("get", "pipelines", "a"));
  EXPECT_FALSE(admin.is_admin());
  admin.scopes = parse_scopes(" project:a  project:b ").value();
  EXPECT_TRUE(may("create", "pipelines", "a"));
  EXPECT_TRUE(may("create", "pipelines", "b"));
  EXPECT_FALSE(may("get", "pipelines", "c"));
  EXPECT_FALSE(may("list", "pipelines", ""));
  EXPECT_EQ(to_string(admin.scopes), "project:a project:b");
  EXPECT_EQ(to_string(parse_scopes("project:b read").value()), "read project:b");
  EXPECT_FALSE(parse_scopes("write").has_value());
  EXPECT_FALSE(parse_scopes("project:").has_value());
}

}  // namespace
}  // namespace windlass::rights
