// What is kept of a run that has left memory, beside its journal: what it waits for, what it holds, when it is due.
//
// A record is valid while it is in the table: it is written when the run leaves and is gone, durably, before anything
// is added to its journal again. One that cannot be read is no loss; the journal is replayed instead.
// Format: docs/formats/runs.md, "parked".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/console.h"
#include "engine/shared_resources.h"

namespace windlass::runs {

struct ParkRecord {
  std::int64_t due_millis = 0;  ///< when it goes on by itself; 0: never
  std::uint64_t sequence = 0;   ///< the newest entry of its journal
  bool forbids_resume = false;  ///< a restart of the server ends it
  std::vector<engine::Waiting> waiting;
  engine::SharedResources::Claims claims;
};

[[nodiscard]] Result<std::string> encode(const ParkRecord& record);
/// Errors: corrupt, unsupported (another version's).
[[nodiscard]] Result<ParkRecord> decode_park_record(std::string_view bytes);

}  // namespace windlass::runs
