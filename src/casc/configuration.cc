#include "casc/configuration.h"

#include <algorithm>

#include "casc/credentials.h"
#include "casc/variables.h"
#include "pods/cloud_reader.h"

namespace windlass::casc {
namespace {

using data::Value;

constexpr std::string_view kHidden = "********";

void put(Value& map, const char* key, const std::string& text) {
  if (!text.empty()) map.set(key, text);
}
void put_secret(Value& map, const char* key, const std::string& text) {
  if (!text.empty()) map.set(key, kHidden);
}

Value texts(const std::vector<std::string>& list) {
  Value out = Value::list();
  for (const auto& one : list) out.push(one);
  return out;
}

Value write_role(const Role& role) {
  Value out = Value::map_of("name", role.name);
  put(out, "pattern", role.pattern);
  out.set("permissions", texts(role.permissions));
  Value entries = Value::list();
  for (const auto& user : role.users) entries.push(Value::map_of("user", user));
  for (const auto& group : role.groups) entries.push(Value::map_of("group", group));
  out.set("entries", std::move(entries));
  return out;
}

Value write_authorization(const Authorization& from) {
  switch (from.kind) {
    case Authorization::Kind::unset:
      break;
    case Authorization::Kind::unsecured:
      return {"unsecured"};
    case Authorization::Kind::logged_in:
      return Value::map_of("loggedInUsersCanDoAnything", Value::map_of("allowAnonymousRead", from.anonymous_read));
    case Authorization::Kind::roles: {
      Value roles = Value::map();
      constexpr std::pair<const char*, Role::Scope> kScopes[] = {
          {"global", Role::Scope::global}, {"items", Role::Scope::items}, {"agents", Role::Scope::agents}};
      for (const auto& [key, scope] : kScopes) {
        Value list = Value::list();
        for (const auto& role : from.roles) {
          if (role.scope == scope) list.push(write_role(role));
        }
        if (list.size() != 0) roles.set(key, std::move(list));
      }
      return Value::map_of("roleBased", Value::map_of("roles", std::move(roles)));
    }
    case Authorization::Kind::matrix: {
      Value entries = Value::list();
      for (const auto& role : from.roles) {
        const bool group = !role.groups.empty();
        entries.push(Value::map_of(
            group ? "group" : "user",
            Value::map_of("name", group ? role.groups[0] : role.users[0], "permissions", texts(role.permissions))));
      }
      return Value::map_of("globalMatrix", Value::map_of("entries", std::move(entries)));
    }
  }
  return {};
}

Value write_realm(const Realm& from) {
  if (from.kind == Realm::Kind::local) {
    Value users = Value::list();
    for (const auto& one : from.accounts) {
      Value user = Value::map_of("id", one.id);
      put(user, "name", one.name);
      put_secret(user, "password", one.password);
      users.push(std::move(user));
    }
    return Value::map_of("local", Value::map_of("allowsSignup", false, "users", std::move(users)));
  }
  if (from.kind != Realm::Kind::ldap) return {};
  Value list = Value::list();
  for (const auto& one : from.ldaps) {
    Value ldap = Value::map_of("server", one.server);
    put(ldap, "rootDN", one.root_dn);
    put(ldap, "managerDN", one.manager_dn);
    put_secret(ldap, "managerPasswordSecret", one.manager_password);
    put(ldap, "userSearchBase", one.user_search_base);
    put(ldap, "userSearch", one.user_search);
    put(ldap, "groupSearchBase", one.group_search_base);
    put(ldap, "groupSearchFilter", one.group_search_filter);
    put(ldap, "displayNameAttributeName", one.display_name_attribute);
    put(ldap, "mailAddressAttributeName", one.mail_attribute);
    list.push(std::move(ldap));
  }
  return Value::map_of("ldap", Value::map_of("configurations", std::move(list)));
}

Value write_jenkins(const Configuration& from) {
  Value out = Value::map();
  if (from.built_in.mode) out.set("mode", *from.built_in.mode == NodeMode::normal ? "NORMAL" : "EXCLUSIVE");
  if (from.built_in.executors) out.set("numExecutors", *from.built_in.executors);
  put(out, "labelString", from.built_in.labels);
  if (from.quiet_period) out.set("quietPeriod", *from.quiet_period);
  if (from.checkout_retries) out.set("scmCheckoutRetryCount", *from.checkout_retries);
  put(out, "systemMessage", from.system_message);
  if (auto strategy = write_authorization(from.authorization); !strategy.is_null()) {
    out.set("authorizationStrategy", std::move(strategy));
  }
  if (auto realm = write_realm(from.realm); !realm.is_null()) out.set("securityRealm", std::move(realm));
  if (!from.env.empty()) {
    Value env = Value::list();
    for (const auto& one : from.env) env.push(Value::map_of("key", one.key, "value", one.value));
    out.set("globalNodeProperties", Value::list_of(Value::map_of("envVars", Value::map_of("env", std::move(env)))));
  }
  if (!from.clouds.clouds.empty()) {
    Value clouds = Value::list();
    for (const auto& one : from.clouds.clouds) clouds.push(Value::map_of("kubernetes", pods::write_cloud(one)));
    out.set("clouds", std::move(clouds));
  }
  return out;
}

Value write_library(const Library& one) {
  Value out = Value::map_of("name", one.name);
  put(out, "defaultVersion", one.default_version);
  out.set("implicit", one.implicit);
  out.set("allowVersionOverride", one.allow_override);
  if (!one.in_changesets) out.set("includeInChangesets", false);
  Value git = Value::map_of("remote", one.remote);
  put(git, "credentialsId", one.credentials_id);
  Value scm = Value::map_of("scm", Value::map_of("git", std::move(git)));
  put(scm, "libraryPath", one.library_path);
  out.set("retriever", Value::map_of("modernSCM", std::move(scm)));
  return out;
}

Value write_mailer(const Mailer& from) {
  Value out = Value::map();
  put(out, "smtpHost", from.host);
  if (from.port != 0) out.set("smtpPort", from.port);
  out.set("useSsl", from.ssl);
  out.set("useTls", from.starttls);
  put(out, "replyToAddress", from.reply_to);
  put(out, "defaultSuffix", from.default_suffix);
  put(out, "charset", from.charset);
  if (!from.user.empty()) {
    Value login = Value::map_of("username", from.user);
    put_secret(login, "password", from.password);
    out.set("authentication", std::move(login));
  }
  return out;
}

Value write_unclassified(const Configuration& from) {
  Value out = Value::map();
  if (!from.url.empty() || !from.admin_address.empty()) {
    Value location = Value::map();
    put(location, "url", from.url);
    put(location, "adminAddress", from.admin_address);
    out.set("location", std::move(location));
  }
  if (from.mailer) out.set("mailer", write_mailer(*from.mailer));
  if (!from.sonar.empty()) {
    Value list = Value::list();
    for (const auto& one : from.sonar) {
      Value server = Value::map_of("name", one.name);
      put(server, "serverUrl", one.url);
      put(server, "credentialsId", one.credentials_id);
      put_secret(server, "serverAuthenticationToken", one.token);
      list.push(std::move(server));
    }
    out.set("sonarGlobalConfiguration", Value::map_of("installations", std::move(list)));
  }
  if (!from.libraries.empty()) {
    Value list = Value::list();
    for (const auto& one : from.libraries) list.push(write_library(one));
    out.set("globalLibraries", Value::map_of("libraries", std::move(list)));
  }
  if (!from.gitlab.empty()) {
    Value list = Value::list();
    for (const auto& one : from.gitlab) {
      Value server = Value::map_of("name", one.name, "serverUrl", one.url);
      put(server, "credentialsId", one.credentials_id);
      list.push(std::move(server));
    }
    out.set("gitLabServers", Value::map_of("servers", std::move(list)));
  }
  if (from.token_login) {
    out.set(
        "kubespheretokenauthglobalconfiguration",
        Value::map_of("enabled", from.token_login->enabled, "server", from.token_login->server, "cacheConfiguration",
                      Value::map_of("size", from.token_login->cache_size, "ttl", from.token_login->cache_seconds)));
  }
  if (!from.event_receiver.empty()) out.set("eventDispatcher", Value::map_of("receiver", from.event_receiver));
  return out;
}

void escape_all(Value& value) {
  if (value.is_string()) {
    value = escape(value.text());
  } else if (value.is_list()) {
    for (auto& one : value.mutable_items()) escape_all(one);
  } else if (value.is_map()) {
    for (auto& entry : value.mutable_members()) escape_all(entry.value);
  }
}

}  // namespace

Value write(const Configuration& from) {
  Value out = Value::map();
  if (auto jenkins = write_jenkins(from); jenkins.size() != 0) out.set("jenkins", std::move(jenkins));
  if (!from.tools.empty()) {
    Value tools = Value::map();
    for (const auto& one : from.tools) {
      Value tool = Value::map_of("name", one.name);
      put(tool, "home", one.home);
      tools.mutable_members()[one.kind].mutable_members()["installations"].push(std::move(tool));
    }
    out.set("tool", std::move(tools));
  }
  if (auto rest = write_unclassified(from); rest.size() != 0) out.set("unclassified", std::move(rest));
  if (auto credentials = write_credentials(from.credentials); !credentials.is_null()) {
    out.set("credentials", std::move(credentials));
  }
  escape_all(out);
  return out;
}

}  // namespace windlass::casc
