// Options and results of operations on objects, shared by every store.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/value.h"
#include "objects/api_status.h"
#include "objects/selector.h"

namespace windlass::objects {

enum class Part : std::uint8_t { main, status };
enum class Propagation : std::uint8_t { background, foreground, orphan };

struct DeleteOptions {
  std::string uid, resource_version;  ///< preconditions; empty: none
  Propagation propagation = Propagation::background;
  bool dry_run = false;
};

struct ListOptions {
  std::string namespace_;  ///< empty: all
  LabelSelector labels;
  FieldSelector fields;
  std::size_t limit = 0;       ///< 0: no limit
  std::string continue_;       ///< token of the list before
  bool metadata_only = false;  ///< content may be missing: for who reads it by name when it is needed (Secrets)
  // Of a store that can (the embedded one): pages by position instead, what was made last first.
  bool newest_first = false;
  /// An annotation with a number that is greater for each new one: decides where a store knows only the second in which
  /// something was made. What has none yet is the newest.
  std::string counted_by;
  std::size_t offset = 0;
};

struct ListResult {
  std::vector<data::Value> items;
  std::int64_t resource_version = 0;
  std::string continue_;  ///< empty: this was the last part
  std::size_t total = 0;  ///< of a list newest first: how many there are
};

/// From the stored object to the one wanted.
using Modifier = std::function<Outcome<data::Value>(data::Value)>;

}  // namespace windlass::objects
