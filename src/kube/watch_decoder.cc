#include "kube/watch_decoder.h"

#include "data/json.h"
#include "kube/api_answer.h"
#include "objects/metadata.h"

namespace windlass::kube {

using data::Value;
using objects::Outcome;

void drop_managed_fields(Value& object) {
  Value* metadata = object.find("metadata");
  if (metadata == nullptr || !metadata->has_members()) return;
  metadata->mutable_members().erase("managedFields");
  if (Value* annotations = metadata->find("annotations"); annotations != nullptr && annotations->has_members()) {
    annotations->mutable_members().erase("kubectl.kubernetes.io/last-applied-configuration");
  }
}

Outcome<std::optional<Event>> WatchDecoder::decode(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  if (line.empty()) return std::nullopt;
  data::JsonParseOptions options;
  options.max_bytes = options_.max_line_bytes;
  options.max_depth = options_.max_depth;
  auto parsed = data::parse_json(line, options);
  if (!parsed) return objects::internal("a line of the watch is no JSON (" + parsed.error().message + ")");
  Value* object = parsed->find("object");
  if (object == nullptr || !object->is_map()) return objects::internal("an event of the watch has no object");
  const auto type = parsed->get_string("type");
  if (type == "ERROR") return std::unexpected(status_of(*object, 500));
  Event out;
  if (type == "ADDED") {
    out.kind = Event::Kind::added;
  } else if (type == "MODIFIED") {
    out.kind = Event::Kind::modified;
  } else if (type == "DELETED") {
    out.kind = Event::Kind::deleted;
  } else if (type == "BOOKMARK") {
    out.kind = Event::Kind::bookmark;
  } else {
    return std::nullopt;  // of a later Kubernetes: not understood is not wrong
  }
  out.object = std::move(*object);
  out.version = objects::meta_text(out.object, "resourceVersion");
  if (out.version.empty()) return objects::internal("an event of the watch has no resourceVersion");
  if (out.kind != Event::Kind::bookmark && objects::meta_text(out.object, "name").empty()) {
    return objects::internal("an event of the watch is about an object without a name");
  }
  if (options_.drop_managed_fields) drop_managed_fields(out.object);
  return out;
}

Outcome<std::vector<Event>> WatchDecoder::feed(std::string_view bytes) {
  std::vector<Event> out;
  const auto failed = [&](objects::ApiStatus status) {
    failed_ = true;
    rest_ = {};
    return std::unexpected(std::move(status));
  };
  while (!failed_ && !bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (rest_.size() + piece.size() > options_.max_line_bytes) {
      return failed(
          objects::internal("a line of the watch is longer than " + std::to_string(options_.max_line_bytes) + " bytes")
              .error());
    }
    if (end == std::string_view::npos) {
      rest_ += piece;
      break;
    }
    std::string_view line = piece;
    if (!rest_.empty()) {
      rest_ += piece;
      line = rest_;
    }
    auto event = decode(line);
    // What came before the fault is lost with it; the next list brings it.
    if (!event) return failed(std::move(event).error());
    rest_.clear();
    if (*event) out.push_back(std::move(**event));
    bytes.remove_prefix(end + 1);
  }
  return out;
}

Outcome<void> WatchDecoder::end() {
  if (failed_ || rest_.find_first_not_of(" \r") == std::string::npos) return {};
  return std::unexpected(objects::unavailable("the watch ended in the middle of an event").error());
}

}  // namespace windlass::kube
