// What a Pipeline must be like beyond its schema, said in sentences, and what clients read about it. Pure.
#pragma once

#include <string>
#include <vector>

#include "controllers/run_facts.h"
#include "data/value.h"

namespace windlass::controllers {

/// Everything that keeps a pipeline from working as it is written, one sentence each with the path of the field
/// ("spec.pipeline.timer_trigger.cron: line 1: …"). Its script is not judged here: a run says what is wrong with it.
std::vector<std::string> check_pipeline(const data::Value& pipeline);

/// The annotation jenkins-metadata: what the list of pipelines shows. Keys in a fixed order, so equal facts give equal
/// text. `declared` are the parameters of its Jenkinsfile, in the shape of its own: they take the place of those of the
/// same name, the others follow.
data::Value pipeline_metadata(const data::Value& pipeline, const PipelineFacts& facts, const data::Value& declared);

/// Blue Ocean's names for kinds of parameters: "string" is StringParameterDefinition.
std::string_view parameter_class(std::string_view type);

}  // namespace windlass::controllers
