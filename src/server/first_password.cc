#include "server/first_password.h"

#include <algorithm>

#include "store/disk.h"

namespace windlass::server {

namespace {

constexpr std::size_t kMostBytes = 4096;

/// Without the end of line that `kubectl create secret --from-file` takes in.
Result<std::string> line_of(const std::string& file) {
  auto text = WL_TRY(store::read_file(file, kMostBytes));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

bool has_administrator(const identity::Identity& book) {
  return std::ranges::any_of(book.accounts(), [](const identity::AccountInfo& one) {
    return one.role == rights::GlobalRole::admin && one.has_password && !one.disabled;
  });
}

Result<std::string> take_first_password(identity::Identity& book, const std::string& folder) {
  if (has_administrator(book)) return std::string();
  auto password = line_of(folder + "/" + kFirstPasswordFile);
  if (!password && password.error().kind == ErrorKind::not_found) return std::string();
  if (!password) return fail(std::move(password).error());
  auto user = line_of(folder + "/" + kFirstUserFile);
  if (!user && user.error().kind != ErrorKind::not_found) return fail(std::move(user).error());
  auto name = user && !user->empty() ? *user : std::string("admin");
  const auto hash = WL_TRY(identity::hash_password(*password));
  WL_CHECK_OK(book.ensure_account(name, rights::GlobalRole::admin));
  WL_CHECK_OK(book.set_role(name, rights::GlobalRole::admin));
  WL_CHECK_OK(book.set_password_hash(name, hash));
  return name;
}

}  // namespace windlass::server
