// The body of a watch: one JSON object a line, in pieces of any size, to events. Pure.
//
// A line is `{"type":"ADDED","object":{…}}`. Bounded: a line by `max_line_bytes`, whatever the server sends. Source:
// Kubernetes API concepts, "Efficient detection of changes".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "objects/api_status.h"

namespace windlass::kube {

struct Event {
  enum class Kind : std::uint8_t { added, modified, deleted, bookmark };
  Kind kind = Kind::added;
  data::Value object;   ///< of a bookmark: only its kind and version
  std::string version;  ///< metadata.resourceVersion
};

struct DecoderOptions {
  std::size_t max_line_bytes = 8U << 20U;  ///< etcd takes objects of 1.5 MiB, and JSON grows
  std::uint32_t max_depth = 128;
  bool drop_managed_fields = true;  ///< metadata.managedFields: half of many an object, and of no use here
};

class WatchDecoder {
 public:
  explicit WatchDecoder(DecoderOptions options = {}) : options_(options) {}

  /// The events in `bytes`. Errors: the Status of an ERROR event (410: list again); 500 InternalError with a sentence
  /// for what is no watch. After an error nothing more comes.
  objects::Outcome<std::vector<Event>> feed(std::string_view bytes);
  /// The body has ended; an error when a line was cut.
  objects::Outcome<void> end();

 private:
  objects::Outcome<std::optional<Event>> decode(std::string_view line);

  DecoderOptions options_;
  std::string rest_;  ///< a line that is not whole yet
  bool failed_ = false;
};

/// Removes metadata.managedFields and the annotation that kubectl apply keeps.
void drop_managed_fields(data::Value& object);

}  // namespace windlass::kube
