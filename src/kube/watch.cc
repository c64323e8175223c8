#include "kube/watch.h"

#include "kube/api_answer.h"

namespace windlass::kube {

namespace {

constexpr std::chrono::seconds kGrace{30};
constexpr std::string_view kMetadataOnly =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

}  // namespace

ApiTask<std::unique_ptr<Watch>> Watch::open(Client& client, Resource resource, WatchQuery query) {
  Query out = {
      {"watch", "true"}, {"allowWatchBookmarks", "true"}, {"timeoutSeconds", std::to_string(query.timeout.count())}};
  if (!query.version.empty()) out.emplace_back("resourceVersion", query.version);
  if (!query.labels.empty()) out.emplace_back("labelSelector", query.labels);
  if (!query.fields.empty()) out.emplace_back("fieldSelector", query.fields);
  auto path = resource_path(resource, query.namespace_, "", "", out);
  if (!path) co_return objects::bad_request(path.error().message);
  auto& timers = client.timers();
  const auto now = timers.now();
  auto answer = WL_API_TRY(co_await client.open(std::move(*path), now + client.options().call_limit,
                                                query.metadata_only ? std::string(kMetadataOnly) : "application/json"));
  co_return std::unique_ptr<Watch>(new Watch(std::move(answer), now + query.timeout + kGrace));
}

ApiTask<std::optional<std::vector<Event>>> Watch::next() {
  for (;;) {
    auto bytes = co_await answer_->read(end_);
    if (!bytes) co_return std::unexpected(status_of(bytes.error()));
    if (bytes->empty()) {
      if (auto end = decoder_.end(); !end) co_return std::unexpected(std::move(end).error());
      co_return std::nullopt;
    }
    auto events = decoder_.feed(*bytes);
    if (!events) {
      answer_->close();
      co_return std::unexpected(std::move(events).error());
    }
    if (!events->empty()) co_return std::move(*events);
  }
}

}  // namespace windlass::kube
