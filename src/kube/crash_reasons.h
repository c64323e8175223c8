// Why a controller that ends again and again does so, as far as its last words tell: the kinds that its cluster does
// not serve. Pure. Source: the messages of client-go's RESTMapper and discovery.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"

namespace windlass::kube {

struct MissingKind {
  std::string kind;           ///< "Config"; empty where only the version is named
  std::string group_version;  ///< "notification.kubesphere.io/v2beta1"
  friend bool operator==(const MissingKind&, const MissingKind&) = default;
};
/// Kinds that the log complains about, each once, in their order; at most eight.
std::vector<MissingKind> missing_kinds_in(std::string_view log);

struct CrashingContainer {
  std::string name;
  std::int64_t restarts = 0;
  std::string last_end;  ///< "Error, exit code 1"; empty: not known
};
/// Containers of a pod that the kubelet starts again only after a pause (CrashLoopBackOff).
std::vector<CrashingContainer> crashing_containers(const data::Value& pod);

}  // namespace windlass::kube
