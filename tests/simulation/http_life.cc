#include "http_life.h"

#include <utility>

#include "controllers/names.h"
#include "controllers/run_once.h"
#include "data/json.h"
#include "kapis/event_stream.h"
#include "objects/metadata.h"

namespace windlass::simulation {

using data::Value;
using net::Response;

namespace {

constexpr std::chrono::seconds kSweep{20};  ///< each look is an event of the day
constexpr std::size_t kLarge = 200u * 1024, kPiece = 10u * 1024;

kapis::EventHubOptions hub_options(rt::Timers& timers, std::uint64_t life) {
  kapis::EventHubOptions out;
  out.seal = [](std::string_view clear) { return std::string(clear); };
  out.unseal = [](std::string_view sealed) { return std::optional(std::string(sealed)); };
  out.life = life;
  out.timers = &timers;
  return out;
}

net::HttpServerOptions server_options(rt::Timers& timers) {
  net::HttpServerOptions out;
  out.sweep = kSweep;
  out.timers = &timers;
  return out;
}

rights::User administrator() {
  rights::User out;
  out.name = "somebody";
  out.global = rights::GlobalRole::admin;
  return out;
}

}  // namespace

HttpLife::HttpLife(ObjectLife& objects, std::uint64_t life, std::function<std::int64_t()> now_millis,
                   std::function<void(std::string_view)> complain)
    : objects_(objects),
      now_millis_(std::move(now_millis)),
      hub_(objects.io(), hub_options(objects.timers(), life)),
      feed_(objects.io(), objects.store(), hub_, now_millis_, {}),
      server_(
          objects.io(), server_options(objects.timers()),
          [this](net::Request request) { return answer(std::move(request)); }, std::move(complain)),
      over_(objects.io(), objects.timers()) {}

std::shared_ptr<SimulatedSocket> HttpLife::connect() {
  auto [here, there] = SimulatedSocket::pair(objects_.io(), objects_.timers());
  server_.serve(std::move(there));
  std::shared_ptr<SimulatedSocket> out = std::move(here);
  std::erase_if(clients_, [](const auto& one) { return one.expired(); });
  clients_.push_back(out);
  return out;
}

boost::asio::awaitable<void> HttpLife::pause(std::int64_t millis) {
  if (!is_over_) (void)co_await over_.wait(objects_.timers().now() + std::chrono::milliseconds(millis));
}

void HttpLife::end() {
  is_over_ = true;
  over_.notify();
  for (const auto& one : clients_) {
    if (const auto socket = one.lock()) socket->cut();
  }
  hub_.stop();
  server_.stop(std::chrono::seconds(0));
}

rt::Task<Response> HttpLife::answer(net::Request request) {
  if (request.method == "POST") co_return co_await start(request);
  if (request.path == "/events") co_return follow(request);
  if (request.path != "/large") co_return Response::text(200, "here\n");
  Response out;
  out.stream = [](net::BodyWriter& writer) -> rt::Task<> {
    const std::string piece(kPiece, 'x');
    for (std::size_t sent = 0; sent < kLarge; sent += kPiece) WL_CO_TRY_VOID(co_await writer.write(piece));
    co_return Result<>();
  };
  co_return out;
}

/// POST /PIPELINE: a run of it, once per Idempotency-Key.
rt::Task<Response> HttpLife::start(const net::Request& request) {
  const auto pipeline = request.path.substr(1);
  auto metadata = Value::map_of("labels", Value::map());
  metadata.find("labels")->set(std::string(controllers::names::kPipelineLabel), pipeline);
  auto object = Value::map_of("metadata", std::move(metadata), "spec",
                              Value::map_of("pipelineRef", Value::map_of("name", pipeline)));
  const controllers::RunKey key{"somebody", std::string(request.headers.get("Idempotency-Key")), request.body};
  auto made = co_await controllers::create_run_once(objects_.store(), "o", pipeline, std::move(object), key);
  if (!made) co_return Response::text(static_cast<int>(made.error().code), made.error().message);
  co_return Response::json(201, data::format_json(Value::map_of("name", objects::meta_text(*made, "name"), "uid",
                                                                objects::meta_text(*made, "uid"))));
}

Response HttpLife::follow(const net::Request& request) {
  kapis::EventsWanted wanted;
  wanted.kinds.fill(true);
  const std::string cursor(request.headers.get("Last-Event-ID"));
  const auto position = hub_.position(cursor);
  kapis::EventStream::Client client{administrator(), [] { return std::optional(administrator()); }};
  auto stream = std::make_shared<kapis::EventStream>(hub_, now_millis_, std::move(client), wanted,
                                                     position.value_or(hub_.ring().newest()), std::nullopt);
  if (!cursor.empty() && !position) stream->begin_with_gap("unknown");
  return kapis::stream_answer(std::move(stream));
}

}  // namespace windlass::simulation
