// What stages and branches a Jenkinsfile has, before it runs: names, nesting, where each stands in the text.
//
// A path is what the nodes of a run have as theirs ("Test / Linux"), so a view can show a run's shape at its start and
// fill it in. What only the run can know (names that are computed, how often a loop turns) is left out or marked. Pure;
// any thread; bounded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "groovy/parser.h"

namespace windlass::jenkinsfile {

struct OutlineEntry {
  enum class Kind : std::uint8_t { stage, branch } kind = Kind::stage;
  std::string name;
  std::string path;
  std::int32_t parent = -1;  ///< index of the entry around it
  bool repeated = false;  ///< in a loop, or a matrix of which not all axes are literals: it may be there any number of
                          ///< times, under other paths
  groovy::Position begin, end;
  std::uint32_t first_byte = 0, last_byte = 0;  ///< of its text; the last one is behind it
};

struct Outline {
  std::vector<OutlineEntry> entries;  ///< parents first
  bool whole = true;                  ///< false: more than kMostEntries, or the text is too long or no Groovy
};

inline constexpr std::size_t kMostOutlineEntries = 5000;
Outline outline_of(const std::string& script, std::size_t max_bytes = 1u << 20);

}  // namespace windlass::jenkinsfile
