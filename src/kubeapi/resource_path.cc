#include "kubeapi/resource_path.h"

namespace windlass::kubeapi {

std::optional<ResourcePath> parse_resource_path(const std::vector<std::string>& segments, bool core) {
  std::size_t at = 0;
  const auto left = [&] { return segments.size() - at; };
  std::string group, version;
  if (!core) {
    if (left() < 1) return std::nullopt;
    group = segments[at++];
  }
  if (left() < 2) return std::nullopt;
  version = segments[at++];
  ResourcePath out;
  if (segments[at] == "watch") {
    out.watch = true;
    ++at;
  }
  if (left() >= 3 && segments[at] == "namespaces" && (!core || segments[at + 2] != "status")) {
    // …/namespaces/NS/PLURAL; /api/v1/namespaces/NS/status and …/finalize belong to the namespace itself.
    if (core && segments[at + 2] == "finalize" && left() == 3) {
      out.type = objects::find_resource("", version, "namespaces");
      out.name = segments[at + 1];
      out.subresource = "finalize";
      return out.type != nullptr ? std::optional(out) : std::nullopt;
    }
    out.namespace_ = segments[at + 1];
    at += 2;
  }
  if (left() < 1) return std::nullopt;
  out.type = objects::find_resource(group, version, segments[at++]);
  if (out.type == nullptr) return std::nullopt;
  if (!out.namespace_.empty() && !out.type->namespaced) return std::nullopt;
  if (left() > 0) out.name = segments[at++];
  if (left() > 0) out.subresource = segments[at++];
  if (left() > 0) return std::nullopt;
  if (!out.subresource.empty() && out.subresource != "status" && out.subresource != "finalize") return std::nullopt;
  if (out.subresource == "status" && !out.type->has_status) return std::nullopt;
  if (out.subresource == "finalize" && out.type->kind != "Namespace") return std::nullopt;
  if (out.type->namespaced && out.namespace_.empty() && !out.name.empty()) return std::nullopt;
  return out;
}

}  // namespace windlass::kubeapi
