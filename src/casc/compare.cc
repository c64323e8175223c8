// What another document would change, path by path: clouds, templates, roles and others that have names are compared by
// these, not by where they stand.
#include <algorithm>

#include "casc/casc.h"
#include "data/json.h"
#include "pods/field_reader.h"

namespace windlass::casc {
namespace {

using data::Value;

std::string shown(const Value* value) {
  if (value == nullptr || value->is_null()) return {};
  if (auto text = pods::scalar_text(*value)) return *text;
  return data::format_json(*value);
}

/// A list whose items all have a name of their own, as a map of them.
std::optional<Value> by_name(const Value& list) {
  if (!list.is_list()) return std::nullopt;
  Value out = Value::map();
  for (const auto& item : list.items()) {
    const Value* named = &item;
    // {kubernetes: {name: …}}
    if (item.is_map() && item.size() == 1 && item.members().at(0).value.is_map()) named = &item.members().at(0).value;
    std::string name;
    for (const auto* key : {"name", "key", "id", "mountPath", "server"}) {
      if (name.empty()) name = named->get_string(key);
    }
    if (name.empty() || out.find(name) != nullptr) return std::nullopt;
    out.set(std::move(name), item);
  }
  return out;
}

void walk(const std::string& path, const Value* before, const Value* after, std::vector<Change>& out) {
  if (before != nullptr && after != nullptr) {
    if (*before == *after) return;
    auto old_names = by_name(*before);
    auto new_names = by_name(*after);
    const bool lists = old_names && new_names;
    const Value& a = lists ? *old_names : *before;
    const Value& b = lists ? *new_names : *after;
    if (a.is_map() && b.is_map()) {
      auto child = [&](const std::string& key) { return lists ? path + "[" + key + "]" : pods::join_path(path, key); };
      for (const auto& [key, value] : a.members()) walk(child(key), &value, b.find(key), out);
      for (const auto& [key, value] : b.members()) {
        if (a.find(key) == nullptr) walk(child(key), nullptr, &value, out);
      }
      return;
    }
  }
  if (shown(before) != shown(after)) out.push_back({path, shown(before), shown(after)});
}

/// Secrets are not in what is written, so that they changed is seen here.
void secrets(const Configuration& before, const Configuration& after, std::vector<Change>& out) {
  auto check = [&out](const std::string& path, const std::string& old_text, const std::string& new_text) {
    if (!old_text.empty() && !new_text.empty() && old_text != new_text) out.push_back({path, "********", "changed"});
  };
  if (before.mailer && after.mailer) {
    check("unclassified.mailer.authentication.password", before.mailer->password, after.mailer->password);
  }
  for (const auto& one : before.sonar) {
    const auto at = std::ranges::find(after.sonar, one.name, &SonarServer::name);
    if (at == after.sonar.end()) continue;
    check("unclassified.sonarGlobalConfiguration.installations[" + one.name + "].serverAuthenticationToken", one.token,
          at->token);
  }
  for (const auto& one : before.realm.ldaps) {
    const auto at = std::ranges::find(after.realm.ldaps, one.server, &Ldap::server);
    if (at == after.realm.ldaps.end()) continue;
    check("jenkins.securityRealm.ldap.configurations[" + one.server + "].managerPasswordSecret", one.manager_password,
          at->manager_password);
  }
  for (const auto& one : before.realm.accounts) {
    const auto at = std::ranges::find(after.realm.accounts, one.id, &Account::id);
    if (at == after.realm.accounts.end()) continue;
    check("jenkins.securityRealm.local.users[" + one.id + "].password", one.password, at->password);
  }
}

}  // namespace

std::vector<Change> compare(const Configuration& before, const Configuration& after) {
  std::vector<Change> out;
  const auto a = write(before);
  const auto b = write(after);
  walk({}, &a, &b, out);
  secrets(before, after, out);
  return out;
}

}  // namespace windlass::casc
