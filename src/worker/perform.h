// One request performed: the effect, then the files that the run keeps, then the result, as frames on standard output.
#pragma once

#include <atomic>
#include <string_view>

#include "steps/effect.h"
#include "worker/output.h"

namespace windlass::worker {

/// The effect of the document, its outcome and its files. Whatever is wrong becomes an outcome.
void perform(std::string_view document, const std::atomic<bool>& cancelled, Output& output, int log_fd);
/// Pieces of files into their folder.
void put(std::string_view document, Output& output);

/// Why nothing can be written at this place, in a sentence; empty when that is not so. Asked after a failure.
std::string explain_place(const steps::Place& place);

}  // namespace windlass::worker
