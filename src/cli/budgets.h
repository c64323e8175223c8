// The budgets of a script, the same for every command that evaluates one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "cli/options.h"

namespace windlass::cli {

inline constexpr std::uint64_t kDefaultInstructions = 2'000'000'000;
inline constexpr std::size_t kDefaultLiveBytes = std::size_t{256} << 20;

inline constexpr OptionRow kMaxInstructions{
    "--max-instructions",
    "N",
    OptionRow::Shape::value,
    {"budget between two waiting steps (default 2000000000)", "两个等待步骤之间的指令预算（默认 2000000000）"}};
inline constexpr OptionRow kMaxMemory{
    "--max-memory",
    "MIB",
    OptionRow::Shape::value,
    {"budget of the script's live values (default 256)", "脚本活动数据的内存预算（默认 256）"}};
inline constexpr OptionRow kMaxDepth{"--max-depth",
                                     "N",
                                     OptionRow::Shape::value,
                                     {"calls inside each other before StackOverflowError (default 3000)",
                                      "调用嵌套上限，超过则 StackOverflowError（默认 3000）"}};

/// 0: not given.
struct Budgets {
  std::uint64_t instructions = 0;
  std::uint64_t live_bytes = 0;
  std::uint32_t depth = 0;
};

/// Errors: invalid for what is no whole number in the option's range.
Result<Budgets> parse_budgets(const ParsedOptions& options, Language language);

}  // namespace windlass::cli
