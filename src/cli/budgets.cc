#include "cli/budgets.h"

#include <charconv>
#include <string>

#include "cli/terminal_text.h"

namespace windlass::cli {
namespace {

// What the evaluator can hold: references of 32 bits to 16-byte units, and frames beside them.
constexpr std::uint64_t kMostMebibytes = 32'768;
constexpr std::uint64_t kMostDepth = 1'000'000;
constexpr std::uint64_t kMostInstructions = std::uint64_t{1} << 62;

Result<std::uint64_t> number(const ParsedOptions& options, std::string_view name, std::uint64_t most,
                             Language language) {
  if (!options.has(name)) return 0;
  const auto text = options.get(name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value > 0 && value <= most) return value;
  return fail(ErrorKind::invalid,
              say(language, {"{} needs a whole number from 1 to {}, not {}", "{} 需要 1 到 {} 的整数，而不是 {}"},
                  {name, std::to_string(most), text}));
}

}  // namespace

Result<Budgets> parse_budgets(const ParsedOptions& options, Language language) {
  Budgets budgets;
  budgets.instructions = WL_TRY(number(options, kMaxInstructions.name, kMostInstructions, language));
  budgets.live_bytes = WL_TRY(number(options, kMaxMemory.name, kMostMebibytes, language)) << 20;
  budgets.depth = static_cast<std::uint32_t>(WL_TRY(number(options, kMaxDepth.name, kMostDepth, language)));
  return budgets;
}

}  // namespace windlass::cli
