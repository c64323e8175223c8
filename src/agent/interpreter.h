// What runs a script: `/bin/sh -xe`, or the program that its first line names. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windlass::agent {

/// The command words of a `#!` line as the kernel takes it apart: program and at most one argument, which is all the
/// rest of the line. Nothing if the text does not begin with `#!`; empty if the line names no program.
std::optional<std::vector<std::string>> parse_hash_bang(std::string_view script);

}  // namespace windlass::agent
