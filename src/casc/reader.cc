// The sections of a document into the typed configuration; what no reader takes becomes a finding.
#include <algorithm>
#include <map>
#include <tuple>

#include "casc/authorization.h"
#include "casc/casc.h"
#include "casc/credentials.h"
#include "casc/document.h"
#include "casc/sections.h"
#include "data/xml.h"
#include "pods/cloud_reader.h"
#include "pods/field_reader.h"
#include "text/edit_distance.h"

namespace windlass::casc {
namespace {

using data::Value;
using pods::describe;
using pods::FieldReader;
using pods::item_path;
using pods::join_path;
using pods::Note;

std::unexpected<Error> wrong(const std::string& path, std::string sentence) {
  return fail(ErrorKind::invalid, path + ": " + std::move(sentence));
}

class Reader {
 public:
  explicit Reader(const Document& document) : document_(document) {}

  Result<void> run() {
    FieldReader root(document_.root(), {}, notes_);
    if (const auto* jenkins = root.take("jenkins")) WL_CHECK_OK(read_jenkins(*jenkins));
    if (const auto* unclassified = root.take("unclassified")) WL_CHECK_OK(read_unclassified(*unclassified));
    if (const auto* tool = root.take("tool")) read_tools(*tool);
    if (const auto* credentials = root.take("credentials")) {
      out.credentials = WL_TRY(read_credentials(*credentials, "credentials", notes_));
    }
    root.finish();
    return {};
  }

  Configuration out;
  std::vector<Note> notes_;

 private:
  /// Calls `read(reader, path)` for each item of a list of maps.
  template <class Read>
  Result<void> each(FieldReader& in, std::string_view key, Read read) {
    const auto items = in.items(key);
    for (std::size_t i = 0; i < items.size(); ++i) {
      FieldReader one(items[i], item_path(in.path_of(key), i), notes_);
      WL_CHECK_OK(read(one));
      one.finish();
    }
    return {};
  }

  Result<void> read_jenkins(const Value& value) {
    FieldReader in(value, "jenkins", notes_);
    if (const auto mode = in.text("mode"); mode == "NORMAL") {
      out.built_in.mode = NodeMode::normal;
    } else if (mode == "EXCLUSIVE") {
      out.built_in.mode = NodeMode::exclusive;
    } else if (!mode.empty()) {
      return wrong("jenkins.mode", "'" + mode + "' is no mode; there are NORMAL and EXCLUSIVE");
    }
    out.built_in.executors = in.count("numExecutors");
    out.built_in.labels = in.text("labelString");
    out.quiet_period = in.count("quietPeriod");
    out.checkout_retries = in.count("scmCheckoutRetryCount");
    out.system_message = in.text("systemMessage");
    WL_CHECK_OK(read_clouds(in));
    const auto properties = in.items("globalNodeProperties");
    for (std::size_t i = 0; i < properties.size(); ++i) {
      FieldReader one(properties[i], item_path(in.path_of("globalNodeProperties"), i), notes_);
      if (const auto* env = one.take("envVars")) {
        FieldReader vars(*env, one.path_of("envVars"), notes_);
        WL_CHECK_OK(each(vars, "env", [this](FieldReader& pair) -> Result<void> {
          out.env.push_back({pair.text("key"), pair.text("value")});
          if (out.env.back().key.empty()) return wrong(pair.path(), "a variable needs a key");
          return {};
        }));
        vars.finish();
      }
      one.finish("properties of nodes other than envVars are not used");
    }
    if (const auto* strategy = in.take("authorizationStrategy")) {
      WL_CHECK_OK(read_authorization(*strategy, in.path_of("authorizationStrategy")));
    }
    if (const auto* realm = in.take("securityRealm")) WL_CHECK_OK(read_realm(*realm, in.path_of("securityRealm")));
    in.finish();
    return {};
  }

  Result<void> read_clouds(FieldReader& in) {
    const auto clouds = in.items("clouds");
    for (std::size_t i = 0; i < clouds.size(); ++i) {
      const auto path = item_path(in.path_of("clouds"), i);
      FieldReader one(clouds[i], path, notes_);
      if (const auto* kubernetes = one.take("kubernetes")) {
        auto read = WL_TRY(pods::read_cloud(*kubernetes, one.path_of("kubernetes")));
        notes_.insert(notes_.end(), read.notes.begin(), read.notes.end());
        if (out.clouds.find(read.cloud.name) != nullptr) {
          return wrong(one.path_of("kubernetes.name"), "there are two clouds of the name " + read.cloud.name);
        }
        out.clouds.clouds.push_back(std::move(read.cloud));
      }
      one.finish("only Kubernetes clouds are used");
    }
    return {};
  }

  Result<void> read_authorization(const Value& value, const std::string& path) {
    static const std::vector<std::string_view> kSymbols = {
        "roleBased", "loggedInUsersCanDoAnything", "unsecured", "globalMatrix", "projectMatrix", "legacy"};
    const auto described = describe(value, kSymbols, path);
    auto& to = out.authorization;
    to.path = path;
    FieldReader in(described.fields, described.path, notes_);
    if (described.symbol == "unsecured") {
      to.kind = Authorization::Kind::unsecured;
    } else if (described.symbol == "loggedInUsersCanDoAnything") {
      to.kind = Authorization::Kind::logged_in;
      to.anonymous_read = in.flag("allowAnonymousRead").value_or(false);
    } else if (described.symbol == "roleBased") {
      to.kind = Authorization::Kind::roles;
      if (const auto* roles = in.take("roles")) WL_CHECK_OK(read_roles(*roles, in.path_of("roles")));
    } else if (described.symbol == "globalMatrix" || described.symbol == "projectMatrix") {
      to.kind = Authorization::Kind::matrix;
      WL_CHECK_OK(read_matrix(in));
    } else {
      notes_.push_back({path, "the strategy " + described.symbol + " is not known, so nothing is taken from it"});
      return {};
    }
    in.finish();
    return {};
  }

  Result<void> read_roles(const Value& value, const std::string& path) {
    FieldReader in(value, path, notes_);
    constexpr std::pair<const char*, Role::Scope> kScopes[] = {
        {"global", Role::Scope::global}, {"items", Role::Scope::items}, {"agents", Role::Scope::agents}};
    for (const auto& [key, scope] : kScopes) {
      WL_CHECK_OK(each(in, key, [&](FieldReader& one) -> Result<void> {
        Role role;
        role.scope = scope;
        role.path = one.path();
        role.name = one.text("name");
        role.pattern = one.text("pattern");
        role.permissions = one.texts("permissions");
        one.take("description");
        // `assignments` is the older spelling, which does not say whether a name is a user's or a group's.
        for (auto& name : one.texts("assignments"))
          (name == "authenticated" ? role.groups : role.users).push_back(name);
        WL_CHECK_OK(each(one, "entries", [&role](FieldReader& entry) -> Result<void> {
          if (auto user = entry.text("user"); !user.empty()) role.users.push_back(std::move(user));
          if (auto group = entry.text("group"); !group.empty()) role.groups.push_back(std::move(group));
          return {};
        }));
        if (role.name.empty()) return wrong(one.path(), "a role needs a name");
        out.authorization.roles.push_back(std::move(role));
        return {};
      }));
    }
    in.finish();
    return {};
  }

  /// `permissions: ["GROUP:Overall/Read:authenticated"]`, older `"Overall/Read:authenticated"`, newer `entries`.
  Result<void> read_matrix(FieldReader& in) {
    std::map<std::pair<bool, std::string>, std::vector<std::string>> by_sid;
    for (const auto& text : in.texts("permissions")) {
      auto rest = text;
      bool is_group = false;
      for (const auto* prefix : {"GROUP:", "USER:"}) {
        if (!rest.starts_with(prefix)) continue;
        is_group = std::string_view(prefix) == "GROUP:";
        rest.erase(0, std::string_view(prefix).size());
      }
      const auto colon = rest.rfind(':');
      const std::string permission(data::trim_blanks(std::string_view(rest).substr(0, std::min(colon, rest.size()))));
      if (colon == std::string::npos || permission.empty()) {
        return wrong(in.path_of("permissions"), "'" + text + "' is not PERMISSION:NAME");
      }
      const auto name = rest.substr(colon + 1);
      by_sid[{is_group || name == "authenticated" || name == "anonymous", name}].push_back(permission);
    }
    WL_CHECK_OK(each(in, "entries", [&](FieldReader& entry) -> Result<void> {
      for (const bool is_group : {false, true}) {
        const auto* sid = entry.take(is_group ? "group" : "user");
        if (sid == nullptr) continue;
        FieldReader one(*sid, entry.path_of(is_group ? "group" : "user"), notes_);
        const auto name = one.text("name");
        for (auto& permission : one.texts("permissions")) by_sid[{is_group, name}].push_back(std::move(permission));
        one.finish();
      }
      return {};
    }));
    for (auto& [sid, permissions] : by_sid) {
      Role role;
      role.path = in.path();
      role.permissions = std::move(permissions);
      (sid.first ? role.groups : role.users).push_back(sid.second);
      out.authorization.roles.push_back(std::move(role));
    }
    return {};
  }

  Result<void> read_realm(const Value& value, const std::string& path) {
    // The chart writes the strategy one level too deep; what it means is plain.
    if (const auto* strategy = value.find("authorizationStrategy")) {
      notes_.push_back({join_path(path, "authorizationStrategy"),
                        "it stands below securityRealm and is taken as jenkins.authorizationStrategy"});
      if (out.authorization.kind == Authorization::Kind::unset) {
        WL_CHECK_OK(read_authorization(*strategy, join_path(path, "authorizationStrategy")));
      }
      if (value.size() == 1) return {};
    }
    FieldReader realms(value, path, notes_);
    realms.take("authorizationStrategy");
    if (const auto* local = realms.take("local")) {
      out.realm.kind = Realm::Kind::local;
      FieldReader in(*local, realms.path_of("local"), notes_);
      if (in.flag("allowsSignup").value_or(false))
        in.note("allowsSignup", "accounts are made by administrators only", Note::Kind::unused);
      in.take("enableCaptcha");
      WL_CHECK_OK(each(in, "users", [this](FieldReader& one) -> Result<void> {
        Account account{one.text("id"), one.text("name"), one.text("password")};
        if (account.id.empty()) return wrong(one.path(), "an account needs an id");
        out.realm.accounts.push_back(std::move(account));
        return {};
      }));
      in.finish("this property of an account is not used");
    }
    if (const auto* ldap = realms.take("ldap")) {
      out.realm.kind = Realm::Kind::ldap;
      FieldReader in(*ldap, realms.path_of("ldap"), notes_);
      for (const auto* key :
           {"disableMailAddressResolver", "disableRolePrefixing", "cache", "userIdStrategy", "groupIdStrategy"}) {
        in.take(key);
      }
      WL_CHECK_OK(each(in, "configurations", [this](FieldReader& one) -> Result<void> {
        out.realm.ldaps.push_back(read_ldap(one));
        if (out.realm.ldaps.back().server.empty()) return wrong(one.path(), "an LDAP configuration needs a server");
        return {};
      }));
      in.finish();
    }
    for (const auto& [key, inner] : value.members()) {
      if (key == "local" || key == "ldap" || key == "authorizationStrategy") continue;
      realms.take(key);
      out.realm.kind = Realm::Kind::other;
      out.realm.other = key;
      realms.note(key, "this way to sign in is not supported; there are local accounts and LDAP", Note::Kind::unused);
    }
    return {};
  }

  static Ldap read_ldap(FieldReader& in) {
    Ldap to;
    to.server = in.text("server");
    to.root_dn = in.text("rootDN");
    to.manager_dn = in.text("managerDN");
    to.manager_password = in.text("managerPasswordSecret");
    to.user_search_base = in.text("userSearchBase");
    to.user_search = in.text("userSearch");
    to.group_search_base = in.text("groupSearchBase");
    to.group_search_filter = in.text("groupSearchFilter");
    to.display_name_attribute = in.text("displayNameAttributeName");
    to.mail_attribute = in.text("mailAddressAttributeName");
    in.take("inhibitInferRootDN");
    in.take("groupMembershipStrategy");
    return to;
  }

  Result<void> read_unclassified(const Value& value) {
    FieldReader in(value, "unclassified", notes_);
    if (const auto* location = in.take("location")) {
      FieldReader one(*location, in.path_of("location"), notes_);
      out.url = one.text("url");
      out.admin_address = one.text("adminAddress");
      out.clouds.root_url = out.url;
      one.finish();
    }
    if (const auto* mailer = in.take("mailer")) read_mailer(*mailer, in.path_of("mailer"));
    if (const auto* sonar = in.take("sonarGlobalConfiguration")) {
      WL_CHECK_OK(read_sonar(*sonar, in.path_of("sonarGlobalConfiguration")));
    }
    if (const auto* libraries = in.take("globalLibraries")) {
      WL_CHECK_OK(read_libraries(*libraries, in.path_of("globalLibraries")));
    }
    if (const auto* gitlab = in.take("gitLabServers")) {
      FieldReader one(*gitlab, in.path_of("gitLabServers"), notes_);
      WL_CHECK_OK(each(one, "servers", [this](FieldReader& server) -> Result<void> {
        out.gitlab.push_back({server.text("name"), server.text("serverUrl"), server.text("credentialsId")});
        return {};
      }));
      one.finish();
    }
    if (const auto* login = in.take("kubespheretokenauthglobalconfiguration")) {
      FieldReader one(*login, in.path_of("kubespheretokenauthglobalconfiguration"), notes_);
      TokenLogin to;
      to.enabled = one.flag("enabled").value_or(false);
      to.server = one.text("server");
      if (const auto* cache = one.take("cacheConfiguration")) {
        FieldReader inner(*cache, one.path_of("cacheConfiguration"), notes_);
        to.cache_size = inner.count("size").value_or(20);
        to.cache_seconds = inner.count("ttl").value_or(300);
        inner.finish();
      }
      one.finish();
      out.token_login = std::move(to);
    }
    if (const auto* events = in.take("eventDispatcher")) {
      FieldReader one(*events, in.path_of("eventDispatcher"), notes_);
      out.event_receiver = one.text("receiver");
      one.finish();
    }
    in.finish();
    return {};
  }

  void read_mailer(const Value& value, const std::string& path) {
    FieldReader in(value, path, notes_);
    Mailer to;
    to.host = in.text("smtpHost");
    to.port = in.count("smtpPort").value_or(0);
    to.ssl = in.flag("useSsl").value_or(false);
    to.starttls = in.flag("useTls").value_or(false);
    to.reply_to = in.text("replyToAddress");
    to.default_suffix = in.text("defaultSuffix");
    to.charset = in.text("charset");
    if (!to.charset.empty() && to.charset != "UTF-8") {
      in.note("charset", "mails are UTF-8 unless their step names another charset", Note::Kind::unused);
    }
    to.user = in.text("smtpUsername");
    to.password = in.text("smtpPassword");
    if (const auto* login = in.take("authentication")) {
      FieldReader one(*login, in.path_of("authentication"), notes_);
      to.user = one.text("username");
      to.password = one.text("password");
      one.finish();
    }
    in.finish();
    out.mailer = std::move(to);
  }

  Result<void> read_sonar(const Value& value, const std::string& path) {
    FieldReader in(value, path, notes_);
    in.take("buildWrapperEnabled");
    WL_CHECK_OK(each(in, "installations", [this](FieldReader& one) -> Result<void> {
      SonarServer to{one.text("name"), one.text("serverUrl"), one.text("credentialsId"),
                     one.text("serverAuthenticationToken")};
      if (to.name.empty()) return wrong(one.path(), "a SonarQube server needs a name");
      out.sonar.push_back(std::move(to));
      for (const auto* key :
           {"webhookSecretId", "mojoVersion", "additionalProperties", "additionalAnalysisProperties", "triggers"}) {
        if (const auto* given = one.take(key); given != nullptr && pods::scalar_text(*given) != "") {
          one.note(key, "this of a SonarQube server is not used", Note::Kind::unused);
        }
      }
      return {};
    }));
    in.finish();
    return {};
  }

  Result<void> read_libraries(const Value& value, const std::string& path) {
    FieldReader in(value, path, notes_);
    WL_CHECK_OK(each(in, "libraries", [this](FieldReader& one) -> Result<void> {
      Library to;
      to.name = one.text("name");
      to.default_version = one.text("defaultVersion");
      to.implicit = one.flag("implicit").value_or(false);
      to.allow_override = one.flag("allowVersionOverride").value_or(true);
      const auto in_changesets = one.flag("includeInChangesets");
      to.in_changesets = in_changesets.value_or(true);
      if (in_changesets == true) {
        one.note("includeInChangesets", "changes of libraries are not among those of a run", Note::Kind::unused);
      }
      to.library_path = one.text("libraryPath");
      if (const auto* retriever = one.take("retriever")) read_retriever(*retriever, one.path_of("retriever"), to);
      if (to.name.empty()) return wrong(one.path(), "a library needs a name");
      if (to.remote.empty()) one.note("retriever", "no repository of git is found in it");
      out.libraries.push_back(std::move(to));
      return {};
    }));
    in.finish();
    return {};
  }

  void read_retriever(const Value& value, const std::string& path, Library& to) {
    const auto described = describe(value, {"modernSCM", "legacySCM"}, path);
    FieldReader in(described.fields, described.path, notes_);
    to.library_path = in.text("libraryPath");
    in.take("clone");
    if (const auto* scm = in.take("scm")) {
      const auto kind = describe(*scm, {"git", "gitSource", "scmGit"}, in.path_of("scm"));
      FieldReader one(kind.fields, kind.path, notes_);
      to.remote = one.text("remote");
      to.credentials_id = one.text("credentialsId");
      // The form of a job's SCM.
      const auto remotes = one.items("userRemoteConfigs");
      for (std::size_t i = 0; i < remotes.size(); ++i) {
        FieldReader remote(remotes[i], item_path(one.path_of("userRemoteConfigs"), i), notes_);
        to.remote = remote.text("url");
        to.credentials_id = remote.text("credentialsId");
        for (const auto* key : {"name", "refspec"}) remote.take(key);
        remote.finish();
      }
      one.take("id");
      one.finish("this of a library's repository is not used");
    }
    in.finish();
  }

  void read_tools(const Value& value) {
    for (const auto& [kind, inner] : value.members()) {
      FieldReader in(inner, join_path("tool", kind), notes_);
      const auto items = in.items("installations");
      for (std::size_t i = 0; i < items.size(); ++i) {
        FieldReader one(items[i], item_path(in.path_of("installations"), i), notes_);
        Tool to{kind, one.text("name"), one.text("home")};
        if (const auto* properties = one.take("properties"); properties != nullptr && properties->size() != 0) {
          one.note("properties", "tools are not installed; their home must be in the image or on the node",
                   Note::Kind::unused);
        }
        one.finish();
        if (to.name.empty()) {
          one.note("name", "a tool without a name cannot be asked for");
        } else {
          out.tools.push_back(std::move(to));
        }
      }
      in.finish();
    }
  }

  const Document& document_;
};

/// The words that a key may have been meant as: sections below the same parent.
std::string suggestion(const std::string& path) {
  const auto dot = path.rfind('.');
  const auto parent = dot == std::string::npos ? std::string() : path.substr(0, dot + 1);
  std::vector<std::string> known = {};
  if (parent.empty()) known = {"jenkins", "unclassified", "tool", "credentials", "security", "jobs"};
  for (const auto& one : sections()) {
    if (one.path.starts_with(parent) && one.path.find('.', parent.size()) == std::string_view::npos) {
      known.emplace_back(one.path.substr(parent.size()));
    }
  }
  const auto near = text::nearest_name(path.substr(parent.size()), known);
  return near ? "nobody knows this key; did you mean " + *near + "?" : "nobody knows this key, so it does nothing";
}

bool has(const Value& root, std::string_view path) {
  const Value* at = &root;
  while (at != nullptr && !path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    at = at->find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at != nullptr && !at->is_null();
}

}  // namespace

std::string_view to_string(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::unused:
      return "unused";
    case Finding::Kind::unknown:
      return "unknown";
    case Finding::Kind::doubtful:
      return "doubtful";
  }
  return "unused";
}

Result<Outcome> read(const std::vector<File>& files, const Sources& sources) {
  std::vector<Finding> findings;
  const auto document = WL_TRY(Document::read(files, sources, findings));
  return read_document(document, std::move(findings));
}

Result<Outcome> read_document(const Document& document, std::vector<Finding> findings) {
  Outcome out;
  out.findings = std::move(findings);
  Reader reader(document);
  if (auto done = reader.run(); !done) return fail(document.locate(std::move(done).error()));
  out.configuration = std::move(reader.out);
  auto refused = rights_of(out.configuration.authorization, RightsMode::roles);
  std::ranges::move(refused.notes, std::back_inserter(reader.notes_));
  for (auto& note : reader.notes_) {
    const auto place = document.place(note.path);
    const auto* section = find_section(note.path);
    Finding one{note.kind, place.file, place.line, note.path, note.sentence};
    if (section != nullptr && section->use == Use::none) {
      one.kind = Finding::Kind::unused;
      one.sentence = section->english;
    } else if (note.kind == Finding::Kind::unknown) {
      one.sentence = section == nullptr ? suggestion(note.path) : "nobody knows this key, so it does nothing";
    }
    out.findings.push_back(std::move(one));
  }
  for (const auto& one : sections()) {
    if (one.use == Use::none || !has(document.root(), one.path)) continue;
    if (one.use == Use::acts) {
      out.taken.emplace_back(one.path);
      continue;
    }
    const auto place = document.place(std::string(one.path));
    out.findings.push_back({Finding::Kind::unused, place.file, place.line, std::string(one.path),
                            "it is read, and the server does not act on it yet: " + std::string(one.english)});
  }
  std::ranges::sort(out.findings, [](const Finding& a, const Finding& b) {
    return std::tie(a.file, a.line, a.path, a.sentence) < std::tie(b.file, b.line, b.path, b.sentence);
  });
  return out;
}

}  // namespace windlass::casc
