// What operators ask for by HTTP: a backup, a new key, the configuration read again. Administrators only; the work is
// the server's.
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

ApiTask<Response> configuration(Call& call) {
  if (!call.services.configuration) co_return objects::unavailable("this server has no Configuration as Code");
  co_return json_answer(call.services.configuration());
}

ApiTask<Response> reload_configuration(Call& call) {
  if (!call.services.reload_configuration) co_return objects::unavailable("this server has no Configuration as Code");
  if (auto done = co_await call.services.reload_configuration(); !done) {
    // What is wrong with it is nobody's fault who asks for it to be read.
    if (done.error().kind == ErrorKind::unavailable) co_return objects::unavailable(done.error().message);
  }
  co_return json_answer(call.services.configuration());
}

constexpr Route kRoutes[] = {
    {"GET",
     "windlass",
     "/configuration",
     {"get", kGroup, "configurations", "", ""},
     Failures::plain,
     configuration,
     "Configuration as Code as it holds, what of it does nothing, why the last change was not taken"},
    {"POST",
     "windlass",
     "/configuration/reload",
     {"update", kGroup, "configurations", "", ""},
     Failures::plain,
     reload_configuration,
     "reads files and ConfigMap again; answers as GET"},
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
