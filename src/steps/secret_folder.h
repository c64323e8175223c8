// Folders for secret files of a block: `WORKSPACE@tmp/secretFiles/UUID`, 0700, their files 0400, gone after the block.
//
// Invariant: the UUID follows from the run and the effect's key, so an effect that is repeated after a crash writes the
// same files at the same place, and a release that is repeated finds nothing left to do.
#pragma once

#include <string>
#include <string_view>

#include "steps/effect.h"

namespace windlass::steps {

/// An empty folder of its own; what an earlier, interrupted try left there is removed. `part` tells several folders of
/// one effect apart. Errors: invalid (no node in scope), those of files.
Result<std::string> make_secret_folder(EffectContext& context, std::string_view part = {});

/// One new file below the folder. `name` loses all that could lead elsewhere. Gives the absolute path.
Result<std::string> write_secret(const std::string& folder, std::string_view name, std::string_view bytes,
                                 unsigned mode = 0400);

/// Removes a folder of make_secret_folder with all it holds; a path of any other form is left alone.
Result<void> remove_secret_folder(const std::string& folder);

/// A UUID that follows from the run, the effect and `part`.
std::string effect_uuid(const EffectContext& context, std::string_view part);

/// The folders named by a lease: one path or a list of paths.
Result<void> release_secret_folders(const data::Value& lease);
/// The same as an effect: `credentials.release`.
Outcome release_lease(EffectContext& context, const data::Value& arguments);

}  // namespace windlass::steps
