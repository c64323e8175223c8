// The object of a run says which store has it, before anything of the run happens: whoever finds the object later, with
// a store that knows nothing of the run, does not begin it again.
#pragma once

#include <string>

#include "objects/object_store.h"
#include "rt/task.h"
#include "runs/run_types.h"

namespace windlass::controllers {

/// May be repeated. not_found: the object has gone or is about to, or another one has its name.
rt::Task<> claim_run(objects::ObjectStore& store, runs::RunInfo run, std::string store_id);

}  // namespace windlass::controllers
