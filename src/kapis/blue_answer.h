// Lists of stages and steps as Blue Ocean has them, of runs of any size: where there are many, they are put in order by
// a worker and written while the client reads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kapis/run_access.h"

namespace windlass::kapis {

struct BlueWish {
  std::string_view name = {};             ///< a member of each step that says whether the caller may answer it …
  bool otherwise = false;                 ///< … and this of steps that ask nothing
  std::optional<std::string> stage = {};  ///< only the steps of this one; 404 without it
};

objects::ApiTask<net::Response> blue_answer(Call& call, runs::RunInfo run, runs::BlueContext context, bool steps,
                                            BlueWish wish);

}  // namespace windlass::kapis
