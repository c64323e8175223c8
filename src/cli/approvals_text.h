// How it stands with an input that several must approve, in words.
#pragma once

#include <string>

#include "cli/language.h"
#include "data/value.h"

namespace windlass::cli {

/// "1 of 2 people have approved: sam" of what a view or an event says in `approvals`; empty where it says nothing.
std::string approvals_text(const data::Value& asked, Language language);

}  // namespace windlass::cli
