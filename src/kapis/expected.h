// How long the parts of a run are expected to take: the median of what they took in its last green runs. Kept per job,
// because several people look at the same run.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kapis/route.h"
#include "runs/run_types.h"

namespace windlass::kapis {

/// The runs beside a run, of the same job: its branch, where there are branches.
struct Neighbours {
  std::uint64_t previous = 0, next = 0, last_green = 0;  ///< numbers; 0: there is none
  std::vector<runs::RunInfo> green;                      ///< before it, newest first, a few
};
objects::ApiTask<Neighbours> neighbours_of(Call& call, const runs::RunInfo& run);

struct Expected {
  std::string of;                             ///< numbers of the runs it was made from
  std::int64_t whole = 0;                     ///< milliseconds; 0: not known
  std::map<std::string, std::int64_t> parts;  ///< by path
};
objects::ApiTask<std::shared_ptr<const Expected>> expected_of(Call& call, const std::string& job,
                                                              const std::vector<runs::RunInfo>& green);

}  // namespace windlass::kapis
