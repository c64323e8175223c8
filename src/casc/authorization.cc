#include "casc/authorization.h"

#include <algorithm>

#include "text/regex.h"

namespace windlass::casc {
namespace {

using pods::Note;
using rights::Grant;
using rights::Permission;

constexpr std::string_view kEverybody =
    "it would make everybody with a token an administrator; taken only with windlass.jenkinsRights: everything in "
    "kubesphere.yaml";
constexpr std::string_view kNobody = "nobody without a token has any right here, so anonymous is given nothing";

/// Whether the pattern is a literal beginning and then anything, and so matches whatever is called `beginning…`.
bool takes_all_of(std::string pattern, const std::string& beginning) {
  if (pattern.starts_with('^')) pattern.erase(0, 1);
  if (pattern.ends_with('$')) pattern.pop_back();
  if (!pattern.ends_with(".*")) return false;
  pattern.resize(pattern.size() - 2);
  std::string literal;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\') {
      // Only signs may be escaped: a letter behind it is a class.
      if (++at == pattern.size() || std::isalnum(static_cast<unsigned char>(pattern[at])) != 0) return false;
    } else if (std::string_view(".[](){}*+?|^$").find(pattern[at]) != std::string_view::npos) {
      return false;
    }
    literal += pattern[at];
  }
  return beginning.starts_with(literal);
}

class Reader {
 public:
  Reader(RightsMode mode, std::uint64_t generation) : mode_(mode), generation_(generation) {}

  void read(const Authorization& from) {
    switch (from.kind) {
      case Authorization::Kind::unset:
        return;
      case Authorization::Kind::unsecured:
      case Authorization::Kind::logged_in:
        return read_everybody(from);
      case Authorization::Kind::roles:
      case Authorization::Kind::matrix:
        for (const auto& role : from.roles) read_role(role, from);
        return;
    }
  }

  RightsOutcome out;

 private:
  void note(const std::string& path, std::string_view sentence) {
    const bool known =
        std::ranges::any_of(out.notes, [&](const Note& one) { return one.path == path && one.sentence == sentence; });
    if (!known) out.notes.push_back({path, std::string(sentence), Note::Kind::unused});
  }

  void read_everybody(const Authorization& from) {
    if (mode_ != RightsMode::everything) note(from.path, kEverybody);
    if (from.anonymous_read || from.kind == Authorization::Kind::unsecured) note(from.path, kNobody);
    if (mode_ != RightsMode::everything) return;
    auto grant = std::make_shared<Grant>();
    grant->why = "the strategy of Configuration as Code, everybody with a token does anything,";
    grant->permissions.insert(Permission::administer);
    grant->generation = generation_;
    out.table.add({}, {"authenticated"}, std::move(grant));
  }

  void read_role(const Role& role, const Authorization& from) {
    const auto path = role.path.empty() ? from.path : role.path;
    if (role.scope == Role::Scope::agents)
      return note(path, "agents are made for runs, so roles for them give nothing");
    auto users = role.users;
    auto groups = role.groups;
    for (auto* list : {&users, &groups}) {
      if (std::erase(*list, "anonymous") != 0) note(path, kNobody);
    }
    Grant grant;
    grant.generation = generation_;
    const bool is_matrix = from.kind == Authorization::Kind::matrix;
    grant.why =
        is_matrix ? "the matrix of Configuration as Code" : "the role " + role.name + " of Configuration as Code";
    if (role.scope == Role::Scope::items) {
      if (!set_pattern(role, path, grant)) return;
    }
    read_permissions(role, path, grant);
    if (grant.permissions.contains(Permission::administer) && mode_ != RightsMode::everything &&
        std::ranges::find(groups, "authenticated") != groups.end()) {
      note(path, kEverybody);
      std::erase(groups, "authenticated");
    }
    if (grant.permissions.empty() || (users.empty() && groups.empty())) return;
    out.table.add(std::move(users), std::move(groups), std::make_shared<const Grant>(std::move(grant)));
  }

  bool set_pattern(const Role& role, const std::string& path, Grant& grant) {
    if (role.pattern.empty() || role.pattern == ".*") {
      grant.matches = [](std::string_view) { return true; };
      grant.matches_all_of = [](std::string_view) { return true; };
      return true;
    }
    auto compiled = text::Regex::compile(role.pattern);
    if (!compiled) {
      out.notes.push_back({path,
                           "the pattern is no regular expression, so the role is not taken: " +
                               compiled.error().message.substr(0, compiled.error().message.find('\n')),
                           Note::Kind::doubtful});
      return false;
    }
    grant.matches = [regex = std::move(*compiled)](std::string_view item) {
      const auto found = regex.match(item, 0, text::MatchMode::matches);
      return found && found->has_value();
    };
    grant.matches_all_of = [pattern = role.pattern](std::string_view project) {
      return takes_all_of(pattern, std::string(project) + "/");
    };
    return true;
  }

  void read_permissions(const Role& role, const std::string& path, Grant& grant) {
    for (const auto& name : role.permissions) {
      const auto* row = rights::find_permission(name);
      if (row == nullptr) {
        note(path, "the permission " + name + " has no counterpart here");
      } else if (!row->here) {
        if (!row->sentence.empty()) note(path, name + " gives nothing here: " + std::string(row->sentence));
      } else if (*row->here == Permission::administer && role.scope == Role::Scope::items) {
        note(path, name + " is of the whole server and of no item");
      } else {
        grant.permissions.insert(*row->here);
      }
    }
    if (grant.permissions.contains(Permission::cancel) && !grant.permissions.contains(Permission::build)) {
      note(path, "Job/Cancel gives nothing here without Job/Build: who may stop a run may also answer it");
    }
  }

  RightsMode mode_;
  std::uint64_t generation_;
};

}  // namespace

RightsOutcome rights_of(const Authorization& authorization, RightsMode mode, std::uint64_t generation) {
  Reader reader(mode, generation);
  if (mode != RightsMode::none) reader.read(authorization);
  return std::move(reader.out);
}

}  // namespace windlass::casc
