// Durations for people as Jenkins prints them: the two most significant units. Source: pipeline-language.md §3.5.
#pragma once

#include <chrono>
#include <string>

namespace windlass::text {

/// `2 sec`, `0.25 sec`, `99 ms`, `1 min 0 sec`, `2 hr 5 min`, `3 days 4 hr`, `1 mo 2 days`, `1 yr 2 mo`. Negative
/// counts as its absolute value.
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace windlass::text
