// What Jenkins' permissions allow here, and on what: each row is a promise.
#include "rights/grants.h"

#include <gtest/gtest.h>

namespace windlass::rights {
namespace {

constexpr auto kDevops = "devops.kubesphere.io";

std::shared_ptr<Grant> grant(std::set<Permission> permissions) {
  auto out = std::make_shared<Grant>();
  out->why = "the role r";
  out->permissions = std::move(permissions);
  return out;
}

/// Holds for demo/app and what else begins with demo/app, as a pattern would.
std::shared_ptr<Grant> of_app(std::set<Permission> permissions) {
  auto out = grant(std::move(permissions));
  out->matches = [](std::string_view item) { return item.starts_with("demo/app"); };
  out->matches_all_of = [](std::string_view) { return false; };
  return out;
}

User somebody(const std::shared_ptr<const Grant>& given) {
  GrantTable table;
  table.add({"anna"}, {}, given);
  User out;
  out.name = "anna";
  table.apply(out);
  return out;
}

bool may(const User& user, std::string verb, std::string group, std::string resource, std::string space,
         std::string name = {}, std::string pipeline = {}) {
  return decide(user, {std::move(verb), std::move(group), std::move(resource), "", std::move(space), std::move(name),
                       std::move(pipeline)})
      .allowed;
}

TEST(Grants, EachPermissionAllowsItsVerbsAndNoOthers) {
  struct Row {
    Permission permission;
    std::string_view allowed;  ///< "VERB RESOURCE", of ours below devops.kubesphere.io or secrets
  };
  constexpr Row kRows[] = {
      {Permission::read,
       "get pipelines,list pipelines,watch pipelines,get pipelineruns,list pipelineruns,watch "
       "pipelineruns"},
      {Permission::build, "create pipelineruns"},
      {Permission::cancel, ""},
      {Permission::create, "create pipelines"},
      {Permission::configure, "update pipelines,patch pipelines"},
      {Permission::remove, "delete pipelines"},
      {Permission::remove_run, "delete pipelineruns"},
      {Permission::view_credentials, "get secrets,list secrets"},
      {Permission::create_credentials, "create secrets"},
      {Permission::update_credentials, "update secrets,patch secrets"},
      {Permission::remove_credentials, "delete secrets"},
  };
  for (const auto& row : kRows) {
    const auto user = somebody(grant({row.permission}));
    std::string got;
    for (const auto* resource : {"pipelines", "pipelineruns", "secrets", "configmaps", "members"}) {
      for (const auto* verb : {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}) {
        const std::string_view name(resource);
        const auto* group = name == "secrets" || name == "configmaps" ? ""
                            : name == "members"                       ? "windlass.io"
                                                                      : kDevops;
        if (may(user, verb, group, resource, "demo", "x", "x")) {
          got += (got.empty() ? "" : ",") + std::string(verb) + " " + resource;
        }
      }
    }
    // The order of the table is that of the rows above; only what is there counts.
    EXPECT_EQ(std::count(got.begin(), got.end(), ','), std::count(row.allowed.begin(), row.allowed.end(), ',')) << got;
    for (std::size_t at = 0; at < row.allowed.size();) {
      const auto end = std::min(row.allowed.find(',', at), row.allowed.size());
      EXPECT_NE(("," + got + ",").find("," + std::string(row.allowed.substr(at, end - at)) + ","), std::string::npos)
          << row.allowed.substr(at, end - at) << " is not in " << got;
      at = end + 1;
    }
    if (row.allowed.empty()) EXPECT_EQ(got, "");
  }
  EXPECT_TRUE(may(somebody(grant({Permission::build, Permission::cancel})), "update", kDevops, "pipelineruns", "demo"));
}

TEST(Grants, APatternReachesItsItemsOnly) {
  const auto user = somebody(of_app({Permission::read, Permission::build, Permission::view_credentials}));
  EXPECT_TRUE(may(user, "get", kDevops, "pipelines", "demo", "app"));
  EXPECT_FALSE(may(user, "get", kDevops, "pipelines", "demo", "other"));
  EXPECT_FALSE(may(user, "get", kDevops, "pipelines", "else", "app"));
  EXPECT_FALSE(may(user, "list", kDevops, "pipelines", "demo"));
  EXPECT_FALSE(may(user, "list", kDevops, "pipelines", ""));
  // A run belongs to its pipeline, not to what its own name looks like.
  EXPECT_TRUE(may(user, "get", kDevops, "pipelineruns", "demo", "r1", "app"));
  EXPECT_FALSE(may(user, "get", kDevops, "pipelineruns", "demo", "app-1", "other"));
  EXPECT_FALSE(may(user, "get", kDevops, "pipelineruns", "demo", "app-1"));
  EXPECT_FALSE(may(user, "get", "", "secrets", "demo", "app"));
  EXPECT_FALSE(may(user, "get", kDevops, "devopsprojects", "", "demo"));
}

TEST(Grants, APatternOfAWholeProject) {
  auto given = grant({Permission::read, Permission::view_credentials});
  given->matches = [](std::string_view item) { return item.starts_with("demo/"); };
  given->matches_all_of = [](std::string_view project) { return project == "demo"; };
  const auto user = somebody(given);
  EXPECT_TRUE(may(user, "list", kDevops, "pipelines", "demo"));
  EXPECT_TRUE(may(user, "get", kDevops, "pipelineruns", "demo", "r"));
  EXPECT_TRUE(may(user, "list", "", "secrets", "demo"));
  EXPECT_TRUE(may(user, "get", kDevops, "devopsprojects", "", "demo"));
  EXPECT_FALSE(may(user, "list", kDevops, "pipelines", "demo2"));
  EXPECT_FALSE(may(user, "list", kDevops, "pipelines", ""));
}

TEST(Grants, ByUserByGroupAndToEverybodyButNobody) {
  GrantTable table;
  table.add({"anna"}, {}, grant({Permission::build}));
  table.add({}, {"devs"}, grant({Permission::read}));
  table.add({}, {"authenticated"}, grant({Permission::create}));
  table.add({"boss"}, {}, grant({Permission::administer}));
  const auto given = [&](std::string name, std::vector<std::string> groups) {
    User out;
    out.name = std::move(name);
    out.groups = std::move(groups);
    table.apply(out);
    return out;
  };
  EXPECT_EQ(given("anna", {}).grants.size(), 2U);
  EXPECT_EQ(given("anna", {"devs"}).grants.size(), 3U);
  EXPECT_EQ(given("other", {"dev"}).grants.size(), 1U);
  EXPECT_TRUE(given("", {"devs"}).grants.empty());
  EXPECT_TRUE(given("boss", {}).is_admin());
  EXPECT_FALSE(given("anna", {}).is_admin());
}

TEST(Grants, ATokenThatIsNarrowerStaysSo) {
  auto user = somebody(grant({Permission::read, Permission::build}));
  user.scopes.read_only = true;
  EXPECT_TRUE(may(user, "get", kDevops, "pipelines", "demo", "app"));
  EXPECT_FALSE(may(user, "create", kDevops, "pipelineruns", "demo"));
  user.scopes.projects = {"else"};
  EXPECT_FALSE(may(user, "get", kDevops, "pipelines", "demo", "app"));
}

TEST(Grants, PartsOfObjectsAreTheControllersOwn) {
  const auto user = somebody(grant({Permission::build, Permission::cancel}));
  EXPECT_FALSE(decide(user, {"update", kDevops, "pipelineruns", "status", "demo", "r"}).allowed);
}

TEST(Grants, PermissionsHaveBothTheirNames) {
  EXPECT_EQ(find_permission("Job/Build"), find_permission("Job/Build"));
  EXPECT_EQ(find_permission("hudson.model.Item.Build")->here, Permission::build);
  EXPECT_EQ(find_permission("Overall/Administer")->here, Permission::administer);
  EXPECT_FALSE(find_permission("View/Read")->here);
  EXPECT_FALSE(find_permission("View/Read")->sentence.empty());
  EXPECT_EQ(find_permission("Metrics/View"), nullptr);
}

}  // namespace
}  // namespace windlass::rights
