// What operators ask for by HTTP: a backup, a new key. Administrators only; the work is the server's.
#include "kapis/answers.h"
#include "kapis/route.h"
#include "kapis/run_access.h"

namespace windlass::kapis {

using net::Response;
using objects::ApiTask;

namespace {

constexpr std::string_view kGroup = "windlass.io";

ApiTask<Response> backup(Call& call) {
  if (!call.services.backup) co_return objects::unavailable("this server makes no backups of its own");
  co_return to_outcome(co_await call.services.backup());
}

ApiTask<Response> rotate_key(Call& call) {
  if (!call.services.rotate_key) co_return objects::unavailable("this server has no keys of its own");
  WL_API_TRY(to_outcome(co_await call.services.rotate_key()));
  co_return changed_answer();
}

constexpr Route kRoutes[] = {
    {"POST",
     "windlass",
     "/backup",
     {"create", kGroup, "backups", "", ""},
     Failures::plain,
     backup,
     "everything but the keys as of one moment, a tar"},
    {"POST",
     "windlass",
     "/key/rotation",
     {"create", kGroup, "keyrotations", "", ""},
     Failures::plain,
     rotate_key,
     "seals all secrets by a new key"},
};

}  // namespace

std::span<const Route> operation_routes() { return kRoutes; }

}  // namespace windlass::kapis
