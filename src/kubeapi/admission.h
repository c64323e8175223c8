// What an object may be made or changed to by whom, beyond the right to its kind. Pure.
//
// PipelineRun: who may start runs does not thereby choose what runs, nor who is said to have started it. Its creator is
// the caller; a script of its own (spec.pipelineSpec) needs the right to change pipelines; what it was made with stays.
#pragma once

#include "data/value.h"
#include "objects/api_status.h"
#include "objects/resource_type.h"
#include "rights/rights.h"

namespace windlass::kubeapi {

/// Does admit() have anything to say about this kind?
bool is_admitted(const objects::ResourceType& type);
/// `before`: null for a new object. Gives what is to be written, or 403 with a sentence.
objects::Outcome<data::Value> admit(const rights::User& user, const objects::ResourceType& type,
                                    const std::string& namespace_, const data::Value& before, data::Value wanted);

}  // namespace windlass::kubeapi
