#include "kube/pod_log.h"

#include "kube/api_answer.h"

namespace windlass::kube {

ApiTask<std::unique_ptr<PodLog>> PodLog::open(Client& client, LogQuery query) {
  Query out;
  if (!query.container.empty()) out.emplace_back("container", query.container);
  if (query.follow) out.emplace_back("follow", "true");
  if (query.previous) out.emplace_back("previous", "true");
  if (query.timestamps) out.emplace_back("timestamps", "true");
  if (query.tail_lines) out.emplace_back("tailLines", std::to_string(*query.tail_lines));
  if (query.since_seconds) out.emplace_back("sinceSeconds", std::to_string(*query.since_seconds));
  if (query.limit_bytes) out.emplace_back("limitBytes", std::to_string(*query.limit_bytes));
  auto path = resource_path(resources::pods(), query.namespace_, query.pod, "log", out);
  if (!path) co_return objects::bad_request(path.error().message);
  // Text, and a Status in JSON where it fails.
  auto answer =
      WL_API_TRY(co_await client.open(std::move(*path), client.timers().now() + client.options().call_limit, "*/*"));
  co_return std::unique_ptr<PodLog>(new PodLog(std::move(answer)));
}

ApiTask<std::string> PodLog::read(rt::Timers::Moment deadline) {
  auto bytes = co_await answer_->read(deadline);
  if (!bytes) co_return std::unexpected(status_of(bytes.error()));
  co_return std::move(*bytes);
}

}  // namespace windlass::kube
