#include "server/token_review.h"

#include "data/json.h"

namespace windlass::server {

using data::Value;
using net::Response;

Response review_token(const net::Request& request,
                      const std::function<std::optional<rights::User>(std::string_view token)>& authenticate) {
  if (request.method != "POST") return Response::text(405, "405: Method Not Allowed\n");
  data::JsonParseOptions options;
  options.max_bytes = 64 * 1024;
  options.max_depth = 16;
  auto body = data::parse_json(request.body, options);
  if (!body || !body->has_members()) return Response::text(400, "the body must be a TokenReview\n");
  const Value* spec = body->find("spec");
  const auto token = spec != nullptr ? spec->get_string("token") : std::string();
  if (token.empty()) return Response::text(400, "spec.token is empty\n");
  auto user = authenticate(token);
  // The original's code; its callers take anything but 200 for a refusal. Why is nobody's business here.
  if (!user) return Response::text(500, "the token is not valid\n");
  Value status = Value::map_of("authenticated", true, "user", Value::map_of("username", user->name, "uid", user->uid));
  return Response::json(200, data::format_json(Value::map_of(
                                 "apiVersion", body->get_string("apiVersion", "authentication.k8s.io/v1beta1"), "kind",
                                 "TokenReview", "status", std::move(status))));
}

}  // namespace windlass::server
