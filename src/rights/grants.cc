#include "rights/grants.h"

#include <algorithm>

namespace windlass::rights {

namespace {

constexpr std::string_view kDevops = "devops.kubesphere.io";
constexpr std::string_view kNoViews = "there are no views";
constexpr std::string_view kNoAgents = "agents are made for runs and belong to them";
constexpr std::string_view kNotAlone = "there is no part of an administrator's rights";

using enum Permission;

constexpr PermissionRow kRows[] = {
    // clang-format off
    {"Overall/Administer", "hudson.model.Hudson.Administer", administer, ""},
    {"Overall/Administer", "jenkins.model.Jenkins.Administer", administer, ""},
    {"Overall/Read", "hudson.model.Hudson.Read", std::nullopt, ""},
    {"Overall/Read", "jenkins.model.Jenkins.Read", std::nullopt, ""},
    {"Overall/Manage", "jenkins.model.Jenkins.Manage", std::nullopt, kNotAlone},
    {"Overall/SystemRead", "jenkins.model.Jenkins.SystemRead", std::nullopt, kNotAlone},
    {"Overall/RunScripts", "hudson.model.Hudson.RunScripts", std::nullopt, "there is no script console"},
    {"Overall/UploadPlugins", "hudson.PluginManager.UploadPlugins", std::nullopt, "there are no plugins"},
    {"Overall/ConfigureUpdateCenter", "hudson.PluginManager.ConfigureUpdateCenter", std::nullopt, "there are no plugins"},
    {"Job/Read", "hudson.model.Item.Read", read, ""},
    {"Job/Build", "hudson.model.Item.Build", build, ""},
    {"Job/Cancel", "hudson.model.Item.Cancel", cancel, ""},
    {"Job/Create", "hudson.model.Item.Create", create, ""},
    {"Job/Configure", "hudson.model.Item.Configure", configure, ""},
    {"Job/Delete", "hudson.model.Item.Delete", remove, ""},
    {"Job/Discover", "hudson.model.Item.Discover", std::nullopt, "what somebody may not read is not found, for everybody alike"},
    {"Job/ExtendedRead", "hudson.model.Item.ExtendedRead", std::nullopt, "Job/Read shows how a pipeline is configured"},
    {"Job/ViewStatus", "hudson.model.Item.ViewStatus", std::nullopt, "there are no badges without Job/Read"},
    {"Job/Workspace", "hudson.model.Item.Workspace", std::nullopt, "workspaces are not browsed"},
    {"Job/Move", "hudson.model.Item.Move", std::nullopt, "pipelines stay in their project"},
    {"Run/Delete", "hudson.model.Run.Delete", remove_run, ""},
    {"Run/Update", "hudson.model.Run.Update", std::nullopt, "a run's description is not edited"},
    {"Run/Replay", "org.jenkinsci.plugins.workflow.cps.replay.ReplayAction.Replay", std::nullopt, "a run with another script takes Job/Configure and Job/Build"},
    {"Run/Replay", "hudson.model.Run.Replay", std::nullopt, "a run with another script takes Job/Configure and Job/Build"},
    {"Run/Artifacts", "hudson.model.Run.Artifacts", std::nullopt, "Job/Read shows artifacts"},
    {"Credentials/View", "com.cloudbees.plugins.credentials.CredentialsProvider.View", view_credentials, ""},
    {"Credentials/Create", "com.cloudbees.plugins.credentials.CredentialsProvider.Create", create_credentials, ""},
    {"Credentials/Update", "com.cloudbees.plugins.credentials.CredentialsProvider.Update", update_credentials, ""},
    {"Credentials/Delete", "com.cloudbees.plugins.credentials.CredentialsProvider.Delete", remove_credentials, ""},
    {"Credentials/ManageDomains", "com.cloudbees.plugins.credentials.CredentialsProvider.ManageDomains", std::nullopt, "credentials have no domains"},
    {"Credentials/UseItem", "com.cloudbees.plugins.credentials.CredentialsProvider.UseItem", std::nullopt, "runs use the credentials of their project"},
    {"Credentials/UseOwn", "com.cloudbees.plugins.credentials.CredentialsProvider.UseOwn", std::nullopt, "people have no credentials of their own"},
    {"View/Create", "hudson.model.View.Create", std::nullopt, kNoViews},
    {"View/Delete", "hudson.model.View.Delete", std::nullopt, kNoViews},
    {"View/Configure", "hudson.model.View.Configure", std::nullopt, kNoViews},
    {"View/Read", "hudson.model.View.Read", std::nullopt, kNoViews},
    {"Agent/Create", "hudson.model.Computer.Create", std::nullopt, kNoAgents},
    {"Agent/Delete", "hudson.model.Computer.Delete", std::nullopt, kNoAgents},
    {"Agent/Configure", "hudson.model.Computer.Configure", std::nullopt, kNoAgents},
    {"Agent/Connect", "hudson.model.Computer.Connect", std::nullopt, kNoAgents},
    {"Agent/Disconnect", "hudson.model.Computer.Disconnect", std::nullopt, kNoAgents},
    {"Agent/Build", "hudson.model.Computer.Build", std::nullopt, kNoAgents},
    {"Agent/Provision", "hudson.model.Computer.Provision", std::nullopt, kNoAgents},
    {"SCM/Tag", "hudson.scm.SCM.Tag", std::nullopt, "repositories are not tagged from here"},
    // clang-format on
};

/// What a permission allows; `also` is needed with it, where one verb here is two permissions there.
struct Allowance {
  Permission permission;
  std::optional<Permission> also;
  std::string_view verbs, group, resources;  ///< separated by blanks
};

constexpr Allowance kAllowances[] = {
    {read, {}, "get list watch", kDevops, "devopsprojects pipelines pipelineruns"},
    {read, {}, "get list watch", "", "namespaces"},
    {build, {}, "create", kDevops, "pipelineruns"},
    // To change a run is to stop it, and to answer what it asks.
    {cancel, build, "update patch", kDevops, "pipelineruns"},
    {create, {}, "create", kDevops, "pipelines"},
    {configure, {}, "update patch", kDevops, "pipelines"},
    {remove, {}, "delete", kDevops, "pipelines"},
    {remove_run, {}, "delete", kDevops, "pipelineruns"},
    {view_credentials, {}, "get list", "", "secrets"},
    {create_credentials, {}, "create", "", "secrets"},
    {update_credentials, {}, "update patch", "", "secrets"},
    {remove_credentials, {}, "delete", "", "secrets"},
};

bool lists(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

}  // namespace

const PermissionRow* find_permission(std::string_view name) {
  for (const auto& row : kRows) {
    if (row.name == name || row.class_ == name) return &row;
  }
  return nullptr;
}

bool Grant::allows(const Attributes& a) const {
  const bool named = std::ranges::any_of(kAllowances, [&](const Allowance& one) {
    return permissions.contains(one.permission) && (!one.also || permissions.contains(*one.also)) &&
           one.group == a.group && lists(one.resources, a.resource) && lists(one.verbs, a.verb);
  });
  // A part of an object ("pipelineruns/status") is the controllers' own.
  if (!named || !a.subresource.empty()) return false;
  if (!matches) return true;
  const bool is_project =
      (a.group == kDevops && a.resource == "devopsprojects") || (a.group.empty() && a.resource == "namespaces");
  const auto& project = is_project ? a.name : a.namespace_;
  if (project.empty()) return false;
  if (is_project) return matches(project) || matches_all_of(project);
  if (matches_all_of(project)) return true;
  const auto& pipeline = a.group == kDevops && a.resource == "pipelines" ? a.name : a.pipeline;
  return !pipeline.empty() && a.group == kDevops && matches(project + "/" + pipeline);
}

void GrantTable::add(std::vector<std::string> users, std::vector<std::string> groups,
                     std::shared_ptr<const Grant> grant) {
  Row row;
  row.users.insert(users.begin(), users.end());
  row.groups.insert(groups.begin(), groups.end());
  row.grant = std::move(grant);
  rows_.push_back(std::move(row));
}

void GrantTable::apply(User& user) const {
  if (!user.authenticated()) return;
  for (const auto& row : rows_) {
    const bool given = row.users.contains(user.name) || row.groups.contains("authenticated") ||
                       std::ranges::any_of(user.groups, [&](const auto& group) { return row.groups.contains(group); });
    if (!given) continue;
    if (row.grant->permissions.contains(Permission::administer) && !row.grant->matches) user.global = GlobalRole::admin;
    user.grants.push_back(row.grant);
  }
}

}  // namespace windlass::rights
