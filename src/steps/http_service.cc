#include "steps/http_service.h"

#include "data/json.h"
#include "steps/credential_store.h"

namespace windlass::steps {

namespace {
constexpr std::size_t kShown = 500;
constexpr std::uint64_t kMostAnswer = 16U << 20U;
constexpr std::int64_t kTimeoutMillis = 60'000;
}  // namespace

std::expected<std::string, StepError> secret_of(EffectContext& context, const std::string& id) {
  auto login = find_login(context, id);
  if (!login) return std::unexpected(std::move(login).error());
  return login->password;
}

Result<JsonAnswer> call_json(EffectContext& context, std::string method, std::string url,
                             std::vector<std::pair<std::string, std::string>> headers, const data::Value* document) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.headers = std::move(headers);
  request.headers.emplace_back("Accept", "application/json");
  request.timeout_millis = kTimeoutMillis;
  request.max_body = kMostAnswer;
  if (document != nullptr) {
    request.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    request.body = data::format_json(*document);
  }
  auto answer = WL_TRY(http_send(request, [&context] { return context.run.cancelled(); }));
  JsonAnswer out;
  out.status = answer.status;
  if (auto parsed = data::parse_json(answer.body)) out.body = std::move(*parsed);
  auto shown = answer.body.substr(0, kShown);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  out.text = context.run.masked(shown);
  return out;
}

}  // namespace windlass::steps
