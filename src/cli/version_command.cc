// windlass version.
#include "cli/commands.h"

namespace windlass::cli {
namespace {
int run(const Invocation&, const ParsedOptions&) {
  return print("windlass " + std::string(kVersion) + "\n") ? kExitSuccess : kExitInternal;
}
}  // namespace

const Command kVersionCommand{"version", {"print the version", "显示版本"}, "", {}, {"", ""}, run, Group::program};

}  // namespace windlass::cli
