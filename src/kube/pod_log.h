// A container's log, as it is or as it grows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "kube/client.h"

namespace windlass::kube {

struct LogQuery {
  std::string namespace_, pod, container;
  bool follow = false;
  bool previous = false;    ///< of the container before its restart
  bool timestamps = false;  ///< each line begins with its time, RFC 3339
  std::optional<std::uint64_t> tail_lines;
  std::optional<std::uint64_t> since_seconds;
  std::optional<std::uint64_t> limit_bytes;
};

class PodLog {
 public:
  /// Errors: 400 (the container has not started, or there is none of that name), those of Client.
  static ApiTask<std::unique_ptr<PodLog>> open(Client& client, LogQuery query);
  /// The next bytes; empty at the end. Waits at most until `deadline` (504, and it is over).
  ApiTask<std::string> read(rt::Timers::Moment deadline);
  void close() { answer_->close(); }

 private:
  explicit PodLog(std::unique_ptr<net::HttpAnswer> answer) : answer_(std::move(answer)) {}
  std::unique_ptr<net::HttpAnswer> answer_;
};

}  // namespace windlass::kube
