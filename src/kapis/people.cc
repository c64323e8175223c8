// Accounts, tokens and members of this server, for who may manage them; and for everybody their own tokens and
// password. What is secret (tokens, passwords) is told once or never.
#include <algorithm>

#include "identity/identity.h"
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "kapis/route.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using objects::Outcome;

namespace {

constexpr std::string_view kGroup = "windlass.io";
constexpr std::int64_t kLongest = 3650LL * 86'400;  ///< seconds a token may be asked for

Outcome<identity::Identity*> book_of(const Call& call) {
  if (call.services.book == nullptr) return objects::unavailable("this server keeps no accounts of its own");
  return call.services.book;
}

/// What the book says, in the terms of the API.
template <class T>
Outcome<T> from_book(Result<T> result, std::string_view plural, std::string_view name) {
  const objects::Subject subject{kGroup, plural, "", name};
  if (result) {
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return std::move(*result);
    }
  }
  switch (result.error().kind) {
    case ErrorKind::not_found:
      return objects::not_found(subject);
    case ErrorKind::conflict:
      return objects::conflict(subject, result.error().message);
    case ErrorKind::invalid:
      return objects::bad_request(result.error().message);
    case ErrorKind::exhausted:
      return objects::forbidden(subject, result.error().message);
    default:
      return objects::store_failure(result.error());
  }
}

std::string_view role_name(rights::GlobalRole role) { return role == rights::GlobalRole::admin ? "admin" : "user"; }

Outcome<rights::GlobalRole> role_of(const Value& body, rights::GlobalRole otherwise) {
  const auto* role = body.find("role");
  if (role == nullptr) return otherwise;
  if (role->is_string() && role->text() == "admin") return rights::GlobalRole::admin;
  if (role->is_string() && role->text() == "user") return rights::GlobalRole::none;
  return objects::bad_request("role is \"admin\" or \"user\"");
}

Value account_value(const identity::AccountInfo& account) {
  return Value::map_of("name", account.name, "role", role_name(account.role), "password", account.has_password,
                       "disabled", account.disabled);
}

Value token_value(const identity::TokenInfo& token) {
  auto scopes = Value::list();
  const auto known = rights::parse_scopes(token.scopes);
  if (known && known->read_only) scopes.push("read");
  if (known) {
    for (const auto& project : known->projects) scopes.push("project:" + project);
  }
  auto out = Value::map_of("id", token.id, "user", token.user, "name", token.name, "session", token.session, "scopes",
                           std::move(scopes));
  out.set("created", token.created_millis);
  out.set("expires", token.expires_millis);
  out.set("used", token.used_millis);
  return out;
}

/// Oneself with a token that is not narrowed, or an administrator.
Outcome<void> may_manage(const Call& call, std::string_view user, std::string_view plural) {
  if (call.user.is_admin() || (call.user.name == user && call.user.scopes.everything())) return {};
  const bool own = call.user.name == user;
  return objects::forbidden({kGroup, plural, "", user},
                            own ? "this token is for less than that" : "only administrators manage what is another's");
}

ApiTask<Response> who_am_i(Call& call) {
  auto projects = Value::map();
  for (const auto& [name, role] : call.user.projects) projects.set(name, std::string(rights::to_string(role)));
  auto groups = Value::list();
  for (const auto& group : call.user.groups) groups.push(group);
  co_return json_answer(Value::map_of("name", call.user.name, "role", role_name(call.user.global), "groups",
                                      std::move(groups), "projects", std::move(projects), "scopes",
                                      rights::to_string(call.user.scopes)));
}

// ---- tokens
// ----------------------------------------------------------------------------------------------------------

/// One's own; of another (user=NAME) or of all (all=true) for administrators.
ApiTask<Response> list_tokens(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  auto user = call.request.parameter("user").value_or(call.user.name);
  if (call.is_set("all")) user.clear();
  if (user != call.user.name) WL_API_TRY(may_manage(call, user, "tokens"));
  auto items = Value::list();
  for (const auto& token : WL_API_TRY(from_book(book->tokens(user), "tokens", ""))) items.push(token_value(token));
  co_return json_answer(Value::map_of("items", std::move(items), "now", call.services.now_millis()));
}

/// {"name": TEXT, "scopes": ["read", "project:NAME"], "expiresIn": SECONDS, "user": NAME}: the answer has the token,
/// once.
ApiTask<Response> create_token(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  const auto body = WL_API_TRY(call.object());
  identity::NewToken token;
  token.user = body.get_string("user", call.user.name);
  token.name = body.get_string("name");
  WL_API_TRY(may_manage(call, token.user, "tokens"));
  if (const auto* scopes = body.find("scopes")) {
    if (!scopes->is_list()) co_return objects::bad_request("scopes is a list of words");
    for (const auto& word : scopes->items()) {
      if (!word.is_string() || word.text().find(' ') != std::string::npos) {
        co_return objects::bad_request("scopes is a list of words");
      }
      token.scopes += (token.scopes.empty() ? "" : " ") + word.text();
    }
  }
  const auto now = call.services.now_millis();
  if (const auto* seconds = body.find("expiresIn")) {
    if (!seconds->is_int() || seconds->as_int() <= 0 || seconds->as_int() > kLongest) {
      co_return objects::bad_request("expiresIn is a number of seconds from 1 to " + std::to_string(kLongest));
    }
    token.expires_millis = now + seconds->as_int() * 1000;
  }
  const auto text = WL_API_TRY(from_book(book->create_token(token, now), "accounts", token.user));
  co_return json_answer(Value::map_of("token", text, "user", token.user, "name", token.name, "expires",
                                      token.expires_millis, "scopes", token.scopes));
}

ApiTask<Response> revoke_token(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  const auto& id = call.at("id");
  for (const auto& token : WL_API_TRY(from_book(book->tokens(""), "tokens", id))) {
    // Whether there is one of another user is nobody else's business.
    if (token.id != id || !may_manage(call, token.user, "tokens")) continue;
    WL_API_TRY(from_book(book->revoke_token_id(id), "tokens", id));
    co_return deleted_answer();
  }
  co_return objects::not_found({kGroup, "tokens", "", id});
}

// ---- accounts
// --------------------------------------------------------------------------------------------------------

ApiTask<Response> list_accounts(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  auto items = Value::list();
  for (const auto& account : book->accounts()) items.push(account_value(account));
  co_return json_answer(Value::map_of("items", std::move(items)));
}

/// argon2id on the worker; few wait at once.
ApiTask<std::string> hash_of(Call& call, std::string password) {
  auto hash =
      co_await call.services.worker.run([password = std::move(password)] { return identity::hash_password(password); });
  co_return from_book(std::move(hash), "accounts", "");
}

/// {"name": NAME, "role": "admin"|"user", "password": TEXT}
ApiTask<Response> create_account(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  const auto body = WL_API_TRY(call.object());
  const auto name = body.get_string("name");
  const auto role = WL_API_TRY(role_of(body, rights::GlobalRole::none));
  std::string hash;
  if (const auto password = body.get_string("password"); !password.empty()) {
    hash = WL_API_TRY(co_await hash_of(call, password));
  }
  if (!WL_API_TRY(from_book(book->ensure_account(name, role), "accounts", name))) {
    co_return objects::already_exists({kGroup, "accounts", "", name});
  }
  if (!hash.empty()) WL_API_TRY(from_book(book->set_password_hash(name, hash), "accounts", name));
  co_return json_answer(account_value(book->account(name).value_or(identity::AccountInfo{})));
}

ApiTask<Response> get_account(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  const auto account = book->account(call.at("user"));
  if (!account) co_return objects::not_found({kGroup, "accounts", "", call.at("user")});
  co_return json_answer(account_value(*account));
}

/// {"role": …, "disabled": …}: what is not named stays.
ApiTask<Response> change_account(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  const auto body = WL_API_TRY(call.object());
  const auto& name = call.at("user");
  const auto before = book->account(name);
  if (!before) co_return objects::not_found({kGroup, "accounts", "", name});
  const auto role = WL_API_TRY(role_of(body, before->role));
  const auto* disabled = body.find("disabled");
  if (disabled != nullptr && !disabled->is_bool()) co_return objects::bad_request("disabled is true or false");
  if (role != before->role) WL_API_TRY(from_book(book->set_role(name, role), "accounts", name));
  if (disabled != nullptr && disabled->as_bool() != before->disabled) {
    WL_API_TRY(from_book(book->set_disabled(name, disabled->as_bool()), "accounts", name));
  }
  co_return json_answer(account_value(book->account(name).value_or(identity::AccountInfo{})));
}

ApiTask<Response> remove_account(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  WL_API_TRY(from_book(book->remove_account(call.at("user")), "accounts", call.at("user")));
  co_return deleted_answer();
}

/// {"password": NEW, "old": OLD}: oneself with the old one, an administrator without. Sessions of the account end.
ApiTask<Response> set_password(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  const auto body = WL_API_TRY(call.object());
  const auto name = call.at("user");
  WL_API_TRY(may_manage(call, name, "accounts"));
  if (name == call.user.name && book->has_password(name)) {
    // Whoever has somebody's session guesses no faster than at the door.
    const bool good =
        WL_API_TRY(co_await call.services.check_password(call.request.peer, name, body.get_string("old")));
    if (!good) co_return objects::forbidden({kGroup, "accounts", "", name}, "the old password is another one");
  }
  const auto hash = WL_API_TRY(co_await hash_of(call, body.get_string("password")));
  WL_API_TRY(from_book(book->set_password_hash(name, hash), "accounts", name));
  co_return changed_answer();
}

// ---- members of projects
// ---------------------------------------------------------------------------------------------

ApiTask<Response> list_members(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  auto items = Value::list();
  for (const auto& [user, role] : book->members(call.at("d"))) {
    items.push(Value::map_of("user", user, "role", std::string(rights::to_string(role))));
  }
  co_return json_answer(Value::map_of("items", std::move(items)));
}

/// {"role": "viewer"|"developer"|"maintainer"|"owner"}
ApiTask<Response> set_member(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  const auto body = WL_API_TRY(call.object());
  const auto role = rights::parse_project_role(body.get_string("role"));
  if (role == rights::ProjectRole::none) {
    co_return objects::bad_request("role is viewer, developer, maintainer or owner");
  }
  WL_API_TRY(co_await call.services.store.get(resource("namespaces"), "", call.at("d")));
  WL_API_TRY(from_book(book->set_member(call.at("d"), call.at("user"), role), "accounts", call.at("user")));
  co_return json_answer(Value::map_of("user", call.at("user"), "role", std::string(rights::to_string(role))));
}

ApiTask<Response> remove_member(Call& call) {
  auto* book = WL_API_TRY(book_of(call));
  const auto members = book->members(call.at("d"));
  if (std::none_of(members.begin(), members.end(), [&](const auto& one) { return one.first == call.at("user"); })) {
    co_return objects::not_found({kGroup, "members", "", call.at("user")});
  }
  WL_API_TRY(from_book(book->set_member(call.at("d"), call.at("user"), rights::ProjectRole::none), "members", ""));
  co_return deleted_answer();
}

constexpr Route kRoutes[] = {
    {"GET", "windlass", "/whoami", {}, Failures::plain, who_am_i, "who the token is, with roles and scopes"},
    {"GET", "windlass", "/tokens", {}, Failures::plain, list_tokens, "one's tokens; user, all for administrators"},
    {"POST", "windlass", "/tokens", {}, Failures::plain, create_token, "a new token, told once: scopes, expiresIn"},
    {"DELETE", "windlass", "/tokens/{id}", {}, Failures::plain, revoke_token, "a token opens nothing any more"},
    {"GET",
     "windlass",
     "/accounts",
     {"list", kGroup, "accounts", "", ""},
     Failures::plain,
     list_accounts,
     "accounts of this server"},
    {"POST",
     "windlass",
     "/accounts",
     {"create", kGroup, "accounts", "", ""},
     Failures::plain,
     create_account,
     "a new account"},
    {"GET",
     "windlass",
     "/accounts/{user}",
     {"get", kGroup, "accounts", "", ""},
     Failures::plain,
     get_account,
     "one account"},
    {"PUT",
     "windlass",
     "/accounts/{user}",
     {"update", kGroup, "accounts", "", ""},
     Failures::plain,
     change_account,
     "its role, and whether it is disabled"},
    {"DELETE",
     "windlass",
     "/accounts/{user}",
     {"delete", kGroup, "accounts", "", ""},
     Failures::plain,
     remove_account,
     "with its tokens and memberships"},
    {"PUT", "windlass", "/accounts/{user}/password", {}, Failures::plain, set_password, "ends the account's sessions"},
    {"GET",
     "windlass",
     "/projects/{d}/members",
     {"list", kGroup, "members", "d", ""},
     Failures::plain,
     list_members,
     "who has which role in a project"},
    {"PUT",
     "windlass",
     "/projects/{d}/members/{user}",
     {"update", kGroup, "members", "d", ""},
     Failures::plain,
     set_member,
     "gives a role in a project"},
    {"DELETE",
     "windlass",
     "/projects/{d}/members/{user}",
     {"delete", kGroup, "members", "d", ""},
     Failures::plain,
     remove_member,
     "takes it away"},
};

}  // namespace

std::span<const Route> people_routes() { return kRoutes; }

}  // namespace windlass::kapis
