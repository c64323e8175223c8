// The constants that tools/embed_prelude.py makes; for prelude.cc only.
#pragma once

#include <span>
#include <string_view>

#include "prelude/prelude.h"

namespace windlass::prelude {

std::span<const PreludeFile> prelude_table();
std::string_view prelude_table_hash();

}  // namespace windlass::prelude
