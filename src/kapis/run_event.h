// Events of a run as the stream tells them: whom each may be told, and the members that all of them have.
#pragma once

#include <cstdint>

#include "data/value.h"
#include "kapis/approvals.h"
#include "runs/event_ring.h"
#include "runs/run_types.h"

namespace windlass::kapis {

runs::Event run_event(runs::EventKind kind, const runs::RunInfo& run, std::int64_t now_millis);
data::Value run_members(const runs::RunInfo& run, std::int64_t now_millis);
/// An input that waits for an answer; with who has approved it, where several must and one has.
runs::Event asked_event(const runs::RunInfo& run, const runs::Waiting& input, std::int64_t now_millis,
                        const Approvals* approvals = nullptr);

}  // namespace windlass::kapis
