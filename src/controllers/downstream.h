// What `build` steps of runs ask of the objects: which pipeline a name means, and the PipelineRun of an order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/work_queue.h"
#include "objects/object_store.h"
#include "rt/task.h"
#include "runs/run_types.h"

namespace windlass::controllers {

/// The full names that `name` may mean in a run of `from`, in order: beside it, with `..` further up, then from the
/// root; with a `/` in front only that. Pure.
std::vector<std::string> names_meant(std::string_view from, std::string_view name);
/// Whether an annotation windlass.io/builds-from ("a, b", "*") names that project. Pure.
bool lets_build(std::string_view annotation, std::string_view project);

/// The pipeline that `name` means in a run of `from`. One of another project only where its annotation or that of its
/// project lets `from`'s project start it; else it is as if there were none.
rt::Task<std::optional<runs::DownstreamJob>> find_downstream(objects::ObjectStore& store, std::string from,
                                                             std::string name);
/// Whether pipelines of `follower` may hear of the runs of that pipeline: those of its own project always, others where
/// its annotation windlass.io/followed-by or that of its project names them. A run acts with its project's rights, and
/// what another project's run did is not its to know.
rt::Task<bool> may_follow(objects::ObjectStore& store, Key upstream, std::string follower);
/// Makes the object of an order unless it is there. Its name follows from the order, so there is one however often this
/// is called. not_found: there is no such project any more.
rt::Task<> make_downstream(objects::ObjectStore& store, runs::RunOrder order);

}  // namespace windlass::controllers
