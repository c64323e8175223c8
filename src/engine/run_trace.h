// What one evaluation of a stored run shows: everything it was told, in order, and each effect it asked, with how far
// the telling had come. A restart from a step is planned with it (step_restart.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/value.h"
#include "journal/entry.h"

namespace windlass::engine {

/// One thing that the evaluation was told. Also the form in which a restarted run keeps its prefix.
struct ToldItem {
  journal::EntryType type = journal::EntryType::result;  ///< or abort, timer, limit, restarted
  std::int64_t time_millis = 0;
  journal::EffectKey key;     ///< of a result
  std::string kind;           ///< of a result: the effect's kind
  std::uint64_t timeout = 0;  ///< of a timer: the block's id
  data::Value payload;        ///< result and abort: the entry's; limit: what, count; restarted: the inputs from here on
};

struct TracedEffect {
  journal::EffectKey key;
  std::uint64_t entry = 0;  ///< of its intent in this run's journal; 0: none, it belongs to the prefix of a restart
  std::string kind;         ///< "sh", "node.acquire"
  std::string step;         ///< as people know it: "sh", "node"
  std::string label;
  std::string stage;         ///< the innermost around it
  std::string branch_label;  ///< of the innermost parallel branch around it
  std::uint32_t line = 0;
  std::uint64_t flow_node = 0;           ///< of the step, or of the block that it opens; 0: neither
  std::uint64_t asked_after = 0;         ///< so many items had been told
  std::optional<std::uint64_t> told_at;  ///< which item is its result
  std::int64_t asked_millis = 0;
  std::string workspace;  ///< in which it works; empty outside of node
  std::string node;
  std::string taken;      ///< of node.acquire and workspace.acquire: the workspace that was given
  std::string submitter;  ///< of an input
};

/// Something that a block took and gives back at its end.
struct TracedLease {
  journal::EffectKey acquired;         ///< by this effect
  std::uint64_t from = 0;              ///< items told when it began
  std::optional<std::uint64_t> until;  ///< and when it ended
};

struct RunTrace {
  std::vector<ToldItem> told;
  std::vector<TracedEffect> effects;
  std::vector<TracedLease> leases;
  bool knows_leases = false;  ///< its prelude says what blocks take
};

}  // namespace windlass::engine
